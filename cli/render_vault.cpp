#include <string>

#include "cli/render.h"
#include "cli/table.h"
#include "cli/text.h"

namespace a67::cli {
namespace {

std::string name_of(const Json& method) {
  std::string kind = string_or(method, "kind");
  if (kind == "recovery") return "recovery words";
  if (kind == "device") return "device key";
  return kind;
}

bool has_kind(const Json& vault, std::string_view kind) {
  for (const Json& method : array_at(vault, "methods")) {
    if (string_or(method, "kind") == kind) return true;
  }
  return false;
}

std::string advice_for(const Json& vault) {
  if (!has_kind(vault, "device")) return {};
  if (has_kind(vault, "passphrase")) {
    return "On this machine nothing is asked: a device key lies beside the data.\n";
  }
  return "Whoever can read the data folder can open it. To guard it with a passphrase: automator67 "
         "vault protect\n";
}

}  // namespace

std::string vault_text(const Json& vault, const View& view) {
  const std::string state = string_or(vault, "state");
  std::string text =
      "Vault   " + toned(state, state == "open" ? Tone::kGood : Tone::kWarning, view.style.color) +
      "\n";
  std::string left = "Opens   ";
  for (const Json& method : array_at(vault, "methods")) {
    const std::int64_t age = view.now_unix_ms - int_or(method, "createdAt");
    text += left + "with the " + name_of(method) + ", added " + duration_text(age) + " ago\n";
    left = "        ";
  }
  if (vault.contains("keyEpoch")) {
    const std::int64_t due_in = int_or(vault, "keyDueAt") - view.now_unix_ms;
    text += "Key     number " + std::to_string(int_or(vault, "keyEpoch")) + ", " +
            duration_text(view.now_unix_ms - int_or(vault, "keyCreatedAt")) + " old, replaced " +
            (due_in > 0 ? "in " + duration_text(due_in) : "now") + "\n";
  }
  return text + advice_for(vault);
}

std::string workspaces_text(const Json& workspaces, const View& view) {
  if (workspaces.empty()) return "There is none yet; the first one is made when it is used.\n";
  Table table({"NAME", "ID", ""});
  for (const Json& one : workspaces) {
    table.add({{string_or(one, "name")},
               {string_or(one, "id"), Tone::kFaint},
               {bool_or(one, "current") ? "this one" : "", Tone::kGood}});
  }
  return table.text(view.style);
}

}  // namespace a67::cli
