// A policy card: what a provider allows and limits, as data with a source and a date for each
// value (policy.json in the provider's folder; docs/policy-cards.md describes it). Numbers live
// there and nowhere in code.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/base/time.h"

namespace a67 {

// Older than this, a value is shown with a warning.
inline constexpr Duration kPolicyFreshFor = std::chrono::hours(24) * 180;

struct PolicyValue {
  std::string key;   // one of policy_keys()
  Json value;        // a number, a text, a boolean or a list of texts; null: looked for, not found
  std::string unit;  // of a number
  std::string source;  // where it is said
  std::string date;    // when it was read there, YYYY-MM-DD
  std::string trust;   // "documented", "staff", "reported" or "unknown"
  std::string note;
  std::optional<Json> overridden;  // a person's own value
  std::string override_note;
};

struct PolicyCard {
  std::string provider;
  std::string summary;                  // one sentence: what one gets for free
  std::vector<std::string> transports;  // in the order to try them
  Json limits = Json::array();          // RateSchedule::set_limits()
  std::vector<PolicyValue> values;

  [[nodiscard]] const PolicyValue* find(std::string_view key) const;
  // The value in force: the person's, else the card's; null when there is none.
  [[nodiscard]] const Json& value(std::string_view key) const;
  // Replaces a value for this person. kInvalidInput for an unknown key or another type.
  Result<void> override_value(std::string_view key, Json value, std::string note);
};

struct PolicyKey {
  std::string_view key;    // "free.compute.hours"
  std::string_view label;  // "Free compute hours"
  char type;               // n number, b boolean, t text, l list of texts
};
// The vocabulary: the schema of `values`.
const std::vector<PolicyKey>& policy_keys();

// Errors: kInvalidInput naming the place ("values[3].source").
Result<PolicyCard> parse_policy_card(std::string_view text);

bool is_stale(const PolicyValue& value, UnixMs now);

}  // namespace a67
