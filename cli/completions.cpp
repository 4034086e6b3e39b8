#include "cli/completions.h"

#include <vector>

#include "cli/verbs.h"

namespace a67::cli {
namespace {

std::vector<const Field*> fields_of(std::string_view name) {
  std::vector<const Field*> fields;
  for (const Verb* verb : find_verbs(name)) {
    for (const Field& field : verb->fields) fields.push_back(&field);
  }
  for (const Field& field : program_fields(name)) fields.push_back(&field);
  for (const Field& field : global_fields()) fields.push_back(&field);
  return fields;
}

std::string joined(const std::vector<std::string_view>& words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

std::string options_of(std::string_view verb) {
  std::string text;
  for (const Field* field : fields_of(verb)) {
    if (!field->positional) text += (text.empty() ? "--" : " --") + std::string(field->flag);
  }
  return text;
}

// In single quotes, for every one of the three shells.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string bash_text() {
  std::string text =
      "# bash completion of automator67\n"
      "_automator67() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options=\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W " +
      quoted(joined(verb_names())) +
      " -- \"$word\")\n"
      "    return\n"
      "  fi\n"
      "  case \"${COMP_WORDS[1]} $before\" in\n";
  for (const std::string_view verb : verb_names()) {
    for (const Field* field : fields_of(verb)) {
      if (field->choices.empty() || field->kind != FieldKind::kText) continue;
      const std::string before =
          field->positional ? std::string(verb) : "--" + std::string(field->flag);
      text += "    " + quoted(std::string(verb) + " " + before) +
              ") options=" + quoted(joined(choices_of(*field))) + " ;;\n";
    }
  }
  text += "    'help help') options=" + quoted(joined(verb_names())) +
          " ;;\n  esac\n"
          "  if [ -z \"$options\" ]; then\n"
          "    case \"${COMP_WORDS[1]}\" in\n";
  for (const std::string_view verb : verb_names()) {
    text += "      " + std::string(verb) + ") options=" + quoted(options_of(verb)) + " ;;\n";
  }
  return text +
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
         "}\n"
         "complete -o default -F _automator67 automator67\n";
}

std::string zsh_text() {
  std::string text =
      "#compdef automator67\n"
      "_automator67() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a verbs=(\n";
  for (const std::string_view name : verb_names()) {
    text += "      " +
            quoted(std::string(name) + ":" + std::string(find_verbs(name).front()->doc)) + "\n";
  }
  text +=
      "    )\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  local -a options\n"
      "  case $words[2] in\n";
  for (const std::string_view name : verb_names()) {
    text += "    " + std::string(name) + ") options=(" + options_of(name) + ") ;;\n";
  }
  return text +
         "  esac\n"
         "  if [[ $words[CURRENT] == -* ]]; then compadd -- $options; else _files; fi\n"
         "}\n"
         "_automator67 \"$@\"\n";
}

std::string fish_text() {
  std::string text = "# fish completion of automator67\n";
  const std::string start = "complete -c automator67 ";
  for (const std::string_view name : verb_names()) {
    text += start + "-n __fish_use_subcommand -f -a " + std::string(name) + " -d " +
            quoted(find_verbs(name).front()->doc) + "\n";
    for (const Field* field : fields_of(name)) {
      if (field->positional) continue;
      text += start + "-n '__fish_seen_subcommand_from " + std::string(name) + "' -l " +
              std::string(field->flag);
      if (!field->shorthand.empty()) text += " -s " + std::string(field->shorthand);
      if (field->kind != FieldKind::kBoolean) text += " -r";
      if (!field->choices.empty()) text += " -f -a " + quoted(joined(choices_of(*field)));
      text += " -d " + quoted(field->doc) + "\n";
    }
  }
  return text + start + "-n '__fish_seen_subcommand_from help' -f -a " +
         quoted(joined(verb_names())) + "\n" + start +
         "-n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'\n";
}

}  // namespace

std::string completions_text(std::string_view shell) {
  if (shell == "zsh") return zsh_text();
  if (shell == "fish") return fish_text();
  return bash_text();
}

}  // namespace a67::cli
