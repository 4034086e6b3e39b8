#include "engine/providers/policy_card.h"

#include <algorithm>
#include <array>

#include "engine/providers/json_template.h"

namespace a67 {
namespace {

constexpr std::array<std::string_view, 4> kTrust = {"documented", "staff", "reported", "unknown"};

const PolicyKey* find_key(std::string_view key) {
  const auto found = std::ranges::find(policy_keys(), key, &PolicyKey::key);
  return found == policy_keys().end() ? nullptr : &*found;
}

bool has_type(const Json& value, char type) {
  switch (type) {
    case 'n':
      return value.is_number();
    case 'b':
      return value.is_boolean();
    case 't':
      return value.is_string();
    default:
      return value.is_array() &&
             std::ranges::all_of(value, [](const Json& one) { return one.is_string(); });
  }
}

std::string_view type_name(char type) {
  switch (type) {
    case 'n':
      return "a number";
    case 'b':
      return "true or false";
    case 't':
      return "a text";
    default:
      return "a list of texts";
  }
}

std::unexpected<Error> wrong(const std::string& where, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "`" + where + "` " + what + ".", {}, where);
}

Result<PolicyValue> parse_value(const Json& one, const std::string& where) {
  PolicyValue value;
  auto key = require_string(one, "key", where);
  if (!key) return std::unexpected(key.error());
  const PolicyKey* known = find_key(*key);
  if (known == nullptr) return wrong(where + ".key", "is not a word of policy cards: " + *key);
  value.key = std::move(*key);
  value.value = one.value("value", Json());
  if (!value.value.is_null() && !has_type(value.value, known->type)) {
    return wrong(where + ".value", "must be " + std::string(type_name(known->type)));
  }
  auto source = require_string(one, "source", where);
  if (!source) return std::unexpected(source.error());
  value.source = std::move(*source);
  value.date = string_or(one, "date");
  if (unix_ms_from(value.date + "T00:00:00Z") == 0) return wrong(where + ".date", "is no date");
  value.trust = string_or(one, "trust");
  if (!std::ranges::contains(kTrust, value.trust)) {
    return wrong(where + ".trust", "must be documented, staff, reported or unknown");
  }
  value.unit = string_or(one, "unit");
  value.note = string_or(one, "note");
  if (value.value.is_number() && value.unit.empty()) {
    return wrong(where + ".unit", "is missing: a number has a unit");
  }
  return value;
}

}  // namespace

const std::vector<PolicyKey>& policy_keys() {
  static const std::vector<PolicyKey> kKeys = {
      {"free.plan", "Free plan", 't'},
      {"free.compute", "Free compute time", 'n'},
      {"free.memory", "Memory of a free instance", 'n'},
      {"free.cpu", "CPU of a free instance", 'n'},
      {"free.instances", "Free instances", 'n'},
      {"free.egress", "Free outgoing traffic", 'n'},
      {"free.storage", "Free storage", 'n'},
      {"free.databases", "Free databases", 'n'},
      {"free.reads", "Free reads", 'n'},
      {"free.writes", "Free writes", 'n'},
      {"free.operations", "Operations", 'n'},
      {"free.connections", "Connections", 'n'},
      {"free.requests", "Free requests", 'n'},
      {"free.builds", "Free builds", 'n'},
      {"free.credits", "Free credits", 'n'},
      {"limit.file", "Largest file", 'n'},
      {"limit.api_calls", "API calls", 'n'},
      {"sleep.after", "Sleeps after so long without traffic", 'n'},
      {"sleep.wake", "Takes to wake", 'n'},
      {"pause.after", "Is paused after so long unused", 'n'},
      {"stops.at_limit", "What happens at the limit", 't'},
      {"card.needed", "Needs a card", 'b'},
      {"use.commercial", "Commercial use allowed", 'b'},
      {"accounts.per_person", "Accounts a person may have", 'n'},
      {"keepalive.allowed", "Keep-alive requests allowed", 'b'},
      {"regions", "Regions of the free plan", 'l'},
      {"cors.api", "Answers a web page directly", 't'},
      {"support", "State of the service", 't'},
  };
  return kKeys;
}

const PolicyValue* PolicyCard::find(std::string_view key) const {
  const auto found = std::ranges::find(values, key, &PolicyValue::key);
  return found == values.end() ? nullptr : &*found;
}

const Json& PolicyCard::value(std::string_view key) const {
  static const Json kNothing;
  const PolicyValue* found = find(key);
  if (found == nullptr) return kNothing;
  return found->overridden ? *found->overridden : found->value;
}

Result<void> PolicyCard::override_value(std::string_view key, Json value, std::string note) {
  const PolicyKey* known = find_key(key);
  if (known == nullptr) return wrong("key", "is not a word of policy cards");
  if (!has_type(value, known->type)) {
    return wrong("value", "must be " + std::string(type_name(known->type)));
  }
  auto found = std::ranges::find(values, key, &PolicyValue::key);
  if (found == values.end()) {
    values.push_back({.key = std::string(key), .source = "you", .trust = "unknown"});
    found = values.end() - 1;
  }
  found->overridden = std::move(value);
  found->override_note = std::move(note);
  return {};
}

Result<PolicyCard> parse_policy_card(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return std::unexpected(json.error());
  PolicyCard card;
  auto provider = require_string(*json, "provider", "card");
  if (!provider) return std::unexpected(provider.error());
  card.provider = std::move(*provider);
  auto summary = require_string(*json, "summary", "card");
  if (!summary) return std::unexpected(summary.error());
  card.summary = std::move(*summary);
  for (const Json& one : array_at(*json, "transports")) {
    if (one != "direct" && one != "rewrite" && one != "relay") {
      return wrong("transports", "must hold direct, rewrite or relay");
    }
    card.transports.push_back(one.get<std::string>());
  }
  if (card.transports.empty()) return wrong("transports", "is missing");
  card.limits = array_at(*json, "limits");
  for (std::size_t at = 0; at < card.limits.size(); ++at) {
    const std::string where = "limits[" + std::to_string(at) + "]";
    for (const char* field : {"bucket", "source", "date"}) {
      if (auto there = require_string(card.limits[at], field, where); !there) {
        return std::unexpected(there.error());
      }
    }
    for (const char* field : {"count", "seconds"}) {
      if (auto there = require_int(card.limits[at], field, where, 1, 100'000'000); !there) {
        return std::unexpected(there.error());
      }
    }
  }
  const Json& values = array_at(*json, "values");
  for (std::size_t at = 0; at < values.size(); ++at) {
    auto value = parse_value(values[at], "values[" + std::to_string(at) + "]");
    if (!value) return std::unexpected(value.error());
    if (card.find(value->key) != nullptr) {
      return wrong("values[" + std::to_string(at) + "].key", "is there twice");
    }
    card.values.push_back(std::move(*value));
  }
  return card;
}

bool is_stale(const PolicyValue& value, UnixMs now) {
  const UnixMs read = unix_ms_from(value.date + "T00:00:00Z");
  return read == 0 || now - read > kPolicyFreshFor.count();
}

}  // namespace a67
