#include <string>

#include "cli/render.h"
#include "cli/text.h"

namespace a67::cli {
namespace {

std::string counted(std::int64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

bool opens_with(const Json& vault, std::string_view kind) {
  for (const Json& method : array_at(vault, "methods")) {
    if (string_or(method, "kind") == kind) return true;
  }
  return false;
}

std::string field_text(const Json& field) {
  const bool before = field.contains("before");
  const bool after = field.contains("after");
  std::string text = "      " + printable(string_or(field, "field")) + ": ";
  if (before) text += printable(string_or(field, "before"));
  if (before && after) text += " -> ";
  if (after) text += printable(string_or(field, "after"));
  return text + (before && !after ? " (removed)" : "") + "\n";
}

// Fields are told of what changes; of what comes or goes, that it does is enough.
std::string entries_text(const Json& diff, std::string_view list, std::string_view mark, Tone tone,
                         const View& view) {
  const std::string key(list);
  std::string text;
  for (const Json& entry : array_at(diff, key)) {
    text += "  " + toned(mark, tone, view.style.color) + " " +
            printable(string_or(entry, "label")) + "\n";
    if (list != "changed") continue;
    for (const Json& field : array_at(entry, "fields")) text += field_text(field);
    if (const auto more = int_or(entry, "moreFields"); more > 0) {
      text += "      and " + counted(more, "more value") + "\n";
    }
  }
  const std::int64_t left = int_or(object_at(diff, "counts"), key) -
                            static_cast<std::int64_t>(array_at(diff, key).size());
  if (left > 0) text += "    and " + std::to_string(left) + " more are " + key + "\n";
  return text;
}

std::string counts_text(const Json& counts) {
  return std::to_string(int_or(counts, "added")) + " added, " +
         std::to_string(int_or(counts, "changed")) + " changed, " +
         std::to_string(int_or(counts, "removed")) + " removed";
}

}  // namespace

std::string backup_text(const Json& backup, const Json& vault) {
  std::string text = "Wrote " + printable(string_or(backup, "path")) + ": " +
                     counted(int_or(backup, "entities"), "record") + ", " +
                     bytes_text(int_or(backup, "bytes")) + ", encrypted.\n";
  if (!opens_with(vault, "passphrase") && !opens_with(vault, "recovery") &&
      opens_with(vault, "device")) {
    text +=
        "It opens with this folder's device.key alone. To make one that a passphrase opens, first: "
        "automator67 vault protect\n";
  }
  return text;
}

std::string preview_text(const Json& preview, bool replace, const View& view) {
  const std::int64_t age = view.now_unix_ms - int_or(preview, "createdAt");
  std::string text = "Backup of " + printable(string_or(preview, "name")) + ", made " +
                     duration_text(age) + " ago: " + counted(int_or(preview, "apps"), "app") +
                     ", " + counted(int_or(preview, "nodes"), "node") + "\n";
  const Json& diff = object_at(preview, replace ? "replace" : "merge");
  const Json& counts = object_at(diff, "counts");
  text += entries_text(diff, "added", "+", Tone::kGood, view);
  text += entries_text(diff, "changed", "~", Tone::kWarning, view);
  text += entries_text(diff, "removed", "-", Tone::kBad, view);
  text += (replace ? "Replacing: " : "Merging: ") + counts_text(counts) + "\n";
  const bool same = bool_or(preview, "sameController", true);
  if (!same && replace) {
    text +=
        "It is another controller's: nodes claimed here no longer obey, and must be claimed "
        "again.\n";
  }
  if (const auto left_out = int_or(counts, "leftOut"); left_out > 0) {
    text += "It is another controller's, whose nodes do not obey this one: " +
            std::to_string(left_out) + " left out.\n";
  }
  return text;
}

std::string restored_text(const Json& restored) {
  return "Restored: " + counts_text(object_at(restored, "counts")) + "\n";
}

}  // namespace a67::cli
