#include "cli/help.h"

#include <algorithm>
#include <vector>

#include "cli/text.h"
#include "cli/verbs.h"

namespace a67::cli {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kDocColumnsMin = 30;
constexpr std::size_t kLeftColumnsMax = 28;

struct Row {
  std::string left;
  std::string doc;
};

// Two columns; a left side that is too long stands on a line of its own.
std::string rows_text(const std::vector<Row>& rows, std::size_t columns) {
  std::size_t left = 0;
  for (const Row& row : rows) left = std::max(left, columns_of(row.left));
  left = std::min(left, kLeftColumnsMax);
  const std::size_t start = kIndent + left + kGap;
  const std::size_t width = columns > start + kDocColumnsMin ? columns - start : kDocColumnsMin;
  std::string text;
  for (const Row& row : rows) {
    text += std::string(kIndent, ' ') + row.left;
    std::size_t at = kIndent + columns_of(row.left);
    if (at + kGap > start && !row.doc.empty()) {
      text += '\n';
      at = 0;
    }
    for (const std::string& line : wrap(row.doc, width)) {
      if (!line.empty()) text += std::string(start - at, ' ') + line;
      text += '\n';
      at = 0;
    }
  }
  return text;
}

std::string paragraph(std::string_view text, std::size_t columns) {
  std::string out;
  for (const std::string& line : wrap(text, columns - kIndent)) {
    out += std::string(kIndent, ' ') + line + "\n";
  }
  return out;
}

std::string value_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::kBoolean:
      return "";
    case FieldKind::kInteger:
    case FieldKind::kNumber:
      return " N";
    case FieldKind::kMap:
      return " KEY=VALUE";
    case FieldKind::kIntegers:
      return " NAME=N,...";
    case FieldKind::kText:
    case FieldKind::kList:
    case FieldKind::kSource:
      return " TEXT";
  }
  return "";
}

std::string doc_of(const Field& field) {
  std::string doc(field.doc);
  const auto choices = choices_of(field);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    doc += (i == 0 ? (doc.empty() ? "One of " : " One of ") : ", ") + std::string(choices[i]);
  }
  if (!choices.empty()) doc += ".";
  if (field.minimum != kNoMinimum && field.maximum != kNoMaximum) {
    doc += (doc.empty() ? "" : " ") + std::to_string(field.minimum) + " to " +
           std::to_string(field.maximum) + ".";
  }
  return doc;
}

Row option_row(const Field& field) {
  const std::string dash =
      field.shorthand.empty() ? "    " : "-" + std::string(field.shorthand) + ", ";
  return {.left = dash + "--" + std::string(field.flag) + value_of(field), .doc = doc_of(field)};
}

std::string usage_of(const Verb& verb) {
  std::string usage = "automator67 " + std::string(verb.verb);
  for (const Field& field : verb.fields) {
    if (!field.positional) continue;
    const std::string name(field.flag);
    usage += field.required ? " <" + name + ">" : " [" + name + "]";
  }
  return usage + " [options]";
}

std::vector<Row> exit_rows() {
  std::vector<Row> rows = {{.left = "0", .doc = "Done."}};
  for (const ErrorExit& exit : error_exits()) {
    const std::string code = std::to_string(exit.exit);
    const auto same = std::ranges::find(rows, code, &Row::left);
    if (same == rows.end()) {
      rows.push_back({.left = code, .doc = std::string(exit.code)});
    } else {
      same->doc += ", " + std::string(exit.code);
    }
  }
  std::ranges::sort(rows, {}, [](const Row& row) { return std::stoi(row.left); });
  return rows;
}

}  // namespace

std::string overview_text(std::size_t columns) {
  std::string text =
      "automator67 turns your machines and cloud accounts into one cloud.\n\n"
      "Usage\n  automator67 <verb> [arguments] [options]\n\nVerbs\n";
  std::vector<Row> rows;
  for (const std::string_view name : first_words()) {
    const Group* group = find_group(name);
    rows.push_back(
        {.left = std::string(name),
         .doc = std::string(group == nullptr ? find_verbs(name).front()->doc : group->doc)});
  }
  text += rows_text(rows, columns) + "\nOptions of every verb\n";
  rows.clear();
  for (const Field& field : global_fields()) rows.push_back(option_row(field));
  text += rows_text(rows, columns) + "\nExample\n";
  text += "  automator67 claim http://127.0.0.1:4601 7QKD-9F3M-X2VA\n";
  text += "  automator67 deploy ./guestbook --replicas 3\n\n";
  return text + "automator67 help <verb> tells more. Exit codes and JSON: docs/reference.md.\n";
}

std::string group_text(const Group& group, std::size_t columns) {
  const std::string name(group.name);
  std::string text = "Usage\n  automator67 " + name + " <verb> [arguments] [options]\n\n" +
                     paragraph(group.doc, columns) + "\nVerbs\n";
  std::vector<Row> rows;
  for (const std::string_view second : second_words(group.name)) {
    const std::string verb = name + " " + std::string(second);
    rows.push_back({.left = verb, .doc = std::string(find_verbs(verb).front()->doc)});
  }
  return text + rows_text(rows, columns) + "\nautomator67 help " + name +
         " <verb> tells more about one.\n";
}

std::string verb_text(std::string_view name, std::size_t columns) {
  const auto verbs = find_verbs(name);
  std::string text = "Usage\n  " + usage_of(*verbs.front()) + "\n\n";
  std::vector<Row> arguments;
  std::vector<Row> options;
  for (const Verb* verb : verbs) {
    text += paragraph(verb->doc, columns);
    for (const Field& field : verb->fields) {
      if (field.positional) {
        arguments.push_back({.left = std::string(field.flag), .doc = doc_of(field)});
      } else {
        options.push_back(option_row(field));
      }
    }
  }
  for (const Field& field : program_fields(name)) options.push_back(option_row(field));
  if (!arguments.empty()) text += "\nArguments\n" + rows_text(arguments, columns);
  if (!options.empty()) text += "\nOptions\n" + rows_text(options, columns);
  std::vector<Row> global;
  for (const Field& field : global_fields()) global.push_back(option_row(field));
  text += "\nOptions of every verb\n" + rows_text(global, columns) + "\nExample\n";
  text += "  " + std::string(verbs.back()->example) + "\n";
  if (!verbs.front()->command.empty() || name.contains(' '))
    text += "\nExit codes\n" + rows_text(exit_rows(), columns);
  return text;
}

}  // namespace a67::cli
