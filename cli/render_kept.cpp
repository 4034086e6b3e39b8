// What is kept beside the state: history, audit log, secrets, how it is stored.
#include <string>
#include <vector>

#include "cli/render.h"
#include "cli/text.h"

namespace a67::cli {
namespace {

std::string when(const Json& of, const char* field, const View& view) {
  const std::int64_t at = int_or(of, field);
  return at == 0 ? std::string("-") : duration_text(view.now_unix_ms - at) + " ago";
}

std::string field_text(const Json& field) {
  const std::string name = string_or(field, "field");
  if (bool_or(field, "secret")) return name + " (secret)";
  return name + " " + string_or(field, "before", "-") + " -> " + string_or(field, "after", "-");
}

Cell outcome_cell(const std::string& outcome) {
  return {outcome, outcome == "done" ? Tone::kGood : Tone::kWarning};
}

}  // namespace

std::string history_text(const Json& answer, const View& view) {
  if (array_at(answer, "changes").empty()) return "Nothing was changed yet.\n";
  Table table({"CHANGE", "WHEN", "DEVICE", "UNDO", "WHAT"});
  for (const Json& change : array_at(answer, "changes")) {
    std::string what = bool_or(change, "deleted") ? "removed" : "";
    for (const Json& field : array_at(change, "fields")) {
      if (!what.empty()) what += ", ";
      what += field_text(field);
    }
    table.add({{std::to_string(int_or(change, "change"))},
               {when(change, "at", view), Tone::kFaint},
               {string_or(change, "device"), Tone::kFaint},
               {bool_or(change, "undoable") ? "yes" : "no"},
               {printable(what)}});
  }
  return table.text(view.style) +
         (bool_or(answer, "more") ? "There are older ones: give --before.\n" : "");
}

std::string undone_text(const Json& answer) {
  if (const Json& app = object_at(answer, "app"); !app.empty()) {
    return "Undone. " + string_or(app, "name") + " wants " +
           std::to_string(int_or(app, "replicasWanted")) + " replicas of " +
           string_or(app, "release", "no release") + ".\n";
  }
  return "Undone.\n";
}

std::string audit_text(const Json& answer, const View& view) {
  if (array_at(answer, "records").empty()) return "No command was written down yet.\n";
  Table table({"NUMBER", "WHEN", "COMMAND", "TARGET", "OUTCOME", "DEVICE"});
  for (const Json& record : array_at(answer, "records")) {
    table.add({{std::to_string(int_or(record, "number"))},
               {when(record, "at", view), Tone::kFaint},
               {string_or(record, "command")},
               {printable(string_or(record, "target"))},
               outcome_cell(string_or(record, "outcome")),
               {string_or(record, "actor"), Tone::kFaint}});
  }
  return table.text(view.style) +
         (bool_or(answer, "more") ? "There are older ones: give --before.\n" : "");
}

std::string verdict_text(const Json& answer, const View& view) {
  const std::string records = std::to_string(int_or(answer, "records")) + " records";
  if (bool_or(answer, "intact")) {
    return toned("Intact", Tone::kGood, view.style.color) + ": " + records +
           ", none changed, moved or left out.\n";
  }
  return toned("Broken", Tone::kBad, view.style.color) + " at record " +
         std::to_string(int_or(answer, "brokenAt")) + ": " + string_or(answer, "what") + "\n";
}

std::string secrets_text(const Json& secrets, const View& view) {
  if (secrets.empty()) return "The vault holds no secrets yet.\n";
  Table table({"NAME", "CHANGED", "LAST USED", "DUE", "NOTE"});
  for (const Json& secret : secrets) {
    const bool due = bool_or(secret, "due");
    table.add({{string_or(secret, "name")},
               {when(secret, "changedAt", view), Tone::kFaint},
               {when(secret, "lastUsedAt", view), Tone::kFaint},
               {due                        ? "now"
                : secret.contains("dueAt") ? "later"
                                           : "-",
                due ? Tone::kWarning : Tone::kPlain},
               {printable(string_or(secret, "note"))}});
  }
  return table.text(view.style);
}

std::string storage_text(const Json& storage, const View& view) {
  std::string text = string_or(storage, "kind") == "vault"
                         ? "Sealed in a vault, " + std::to_string(int_or(storage, "position")) +
                               " changes so far, by this device " + string_or(storage, "device") +
                               ".\n"
                         : "Kept in plain files that only your user may read.\n";
  for (const Json& damage : array_at(storage, "damages")) {
    text += toned("Damaged", Tone::kBad, view.style.color) + " " + string_or(damage, "where") +
            ": " + string_or(damage, "what") + " It was left as it is.\n";
  }
  if (const Json& trouble = object_at(storage, "trouble"); !trouble.empty()) {
    text += toned("Not stored:", Tone::kBad, view.style.color) + " " +
            string_or(trouble, "message") + "\n";
  }
  return text;
}

}  // namespace a67::cli
