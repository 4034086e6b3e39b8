// Providers and accounts, as tables and in detail.
#include <string>

#include "cli/render.h"
#include "cli/text.h"

namespace a67::cli {
namespace {

std::string when(const Json& of, const char* field, const View& view) {
  const std::int64_t at = int_or(of, field);
  return at == 0 ? std::string("-") : duration_text(view.now_unix_ms - at) + " ago";
}

std::string joined(const Json& words) {
  std::string text;
  for (const Json& word : words) {
    if (!text.empty()) text += ", ";
    text += word.is_string() ? word.get<std::string>() : string_or(word, "name");
  }
  return text;
}

Cell state_cell(const Json& account) {
  const std::string state = string_or(account, "state");
  return {state, state == "ok" ? Tone::kGood : state == "due" ? Tone::kWarning : Tone::kBad};
}

const Json& value_of(const Json& provider, std::string_view key) {
  static const Json kNothing;
  for (const Json& one : array_at(provider, "values")) {
    if (string_or(one, "key") != key) continue;
    if (one.contains("overridden")) return one["overridden"];
    if (one.contains("value")) return one["value"];
  }
  return kNothing;
}

std::string yes_no(const Json& value) {
  if (!value.is_boolean()) return "?";
  return value.get<bool>() ? "yes" : "no";
}

std::string line(const char* label, const std::string& text) {
  return text.empty() ? std::string() : pad(label, 14) + printable(text) + "\n";
}

}  // namespace

std::string providers_text(const Json& providers, const View& view) {
  Table table({"PROVIDER", "NAME", "CARD", "CAN", "FREE"});
  for (const Json& one : providers) {
    table.add({{string_or(one, "id")},
               {string_or(one, "name")},
               {yes_no(value_of(one, "card.needed"))},
               {joined(array_at(one, "capabilities")), Tone::kFaint},
               {string_or(one, "summary")}});
  }
  return table.text(view.style);
}

std::string accounts_text(const Json& accounts, const View& view) {
  if (accounts.empty()) {
    return "No account is connected. automator67 connect PROVIDER connects one.\n";
  }
  Table table({"ACCOUNT", "NAME", "STATE", "WHO", "BY", "VERIFIED"});
  for (const Json& one : accounts) {
    const Json& identity = object_at(one, "identity");
    table.add({{string_or(one, "id")},
               {printable(string_or(one, "name"))},
               state_cell(one),
               {printable(string_or(identity, "name", string_or(identity, "id")))},
               {string_or(one, "transport"), Tone::kFaint},
               {when(one, "verifiedAt", view), Tone::kFaint}});
  }
  return table.text(view.style);
}

std::string made_text(const Json& made, const View& view) {
  if (made.empty()) {
    return "No node was made at a provider. automator67 make-node ACCOUNT NAME IMAGE makes one.\n";
  }
  Table table({"NODE", "STEP", "BEGUN", "ADDRESS", "PROBLEM"});
  for (const Json& one : made) {
    const std::string step = string_or(one, "step");
    table.add({{printable(string_or(one, "id"))},
               {step, step == "ready"    ? Tone::kGood
                      : step == "failed" ? Tone::kBad
                                         : Tone::kWarning},
               {when(one, "since", view), Tone::kFaint},
               {printable(string_or(one, "url", "-"))},
               {printable(string_or(object_at(one, "problem"), "message"))}});
  }
  return table.text(view.style);
}

std::string account_text(const Json& answer, const View& view) {
  const Json& account = object_at(answer, "account");
  const Json& identity = object_at(account, "identity");
  std::string text =
      line("account", string_or(account, "id")) +
      line("provider", string_or(account, "providerName")) +
      line("name", string_or(account, "name")) + line("state", string_or(account, "state")) +
      line("who", string_or(identity, "name", string_or(identity, "id"))) +
      line("scopes", joined(array_at(account, "scopes"))) +
      line("workspaces", joined(array_at(account, "workspaces"))) +
      line("can", joined(array_at(account, "capabilities"))) +
      line("transport", string_or(account, "transport") + ": " + string_or(account, "sees")) +
      line("credential", "given " + when(account, "credentialAt", view));
  if (account.contains("problem")) text += error_text(account["problem"], view.style.color);
  if (array_at(answer, "trace").empty()) return text;
  Table table({"WHEN", "OPERATION", "REQUEST", "STATUS", "MS"});
  for (const Json& one : array_at(answer, "trace")) {
    table.add(
        {{when(one, "at", view), Tone::kFaint},
         {string_or(one, "operation")},
         {printable(string_or(one, "method") + " " + string_or(one, "path"))},
         {std::to_string(int_or(one, "status")), one.contains("error") ? Tone::kBad : Tone::kPlain},
         {std::to_string(int_or(one, "tookMs"))}});
  }
  return text + "\n" + table.text(view.style);
}

}  // namespace a67::cli
