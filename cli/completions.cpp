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
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::vector<std::string_view> groups() {
  std::vector<std::string_view> names;
  for (const std::string_view word : first_words()) {
    if (find_group(word) != nullptr) names.push_back(word);
  }
  return names;
}

// The second word of a group's verbs, and from then on both as one.
std::string bash_groups() {
  std::string text = "  case \"$verb\" in\n";
  for (const std::string_view group : groups()) {
    text += "    " + std::string(group) +
            ")\n"
            "      if [ \"$COMP_CWORD\" = 2 ]; then\n"
            "        mapfile -t COMPREPLY < <(compgen -W " +
            shell_quoted(joined(second_words(group))) +
            " -- \"$word\")\n"
            "        return\n"
            "      fi\n"
            "      verb=\"$verb ${COMP_WORDS[2]}\" ;;\n";
  }
  return text + "  esac\n";
}

std::string bash_text() {
  std::string text =
      "# bash completion of automator67\n"
      "_automator67() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options=\n"
      "  local verb=${COMP_WORDS[1]}\n"
      "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W " +
      shell_quoted(joined(first_words())) +
      " -- \"$word\")\n"
      "    return\n"
      "  fi\n" +
      bash_groups() + "  case \"$verb $before\" in\n";
  for (const std::string_view verb : verb_names()) {
    for (const Field* field : fields_of(verb)) {
      if (field->choices.empty() || field->kind != FieldKind::kText) continue;
      const std::string before =
          field->positional ? std::string(verb) : "--" + std::string(field->flag);
      text += "    " + shell_quoted(std::string(verb) + " " + before) +
              ") options=" + shell_quoted(joined(choices_of(*field))) + " ;;\n";
    }
  }
  text += "    'help help') options=" + shell_quoted(joined(first_words())) +
          " ;;\n  esac\n"
          "  if [ -z \"$options\" ]; then\n"
          "    case \"$verb\" in\n";
  for (const std::string_view verb : verb_names()) {
    text += "      " + shell_quoted(verb) + ") options=" + shell_quoted(options_of(verb)) + " ;;\n";
  }
  return text +
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
         "}\n"
         "complete -o default -F _automator67 automator67\n";
}

// `verb:what it does`, as _describe wants it.
std::string described(std::string_view word) {
  const Group* group = find_group(word);
  const std::string_view doc = group == nullptr ? find_verbs(word).front()->doc : group->doc;
  return shell_quoted(std::string(word) + ":" + std::string(doc));
}

std::string zsh_groups() {
  std::string text = "  case $verb in\n";
  for (const std::string_view group : groups()) {
    text += "    " + std::string(group) +
            ")\n"
            "      if (( CURRENT == 3 )); then\n"
            "        compadd -- " +
            joined(second_words(group)) +
            "\n"
            "        return\n"
            "      fi\n"
            "      verb=\"$verb $words[3]\" ;;\n";
  }
  return text + "  esac\n";
}

std::string zsh_text() {
  std::string text =
      "#compdef automator67\n"
      "_automator67() {\n"
      "  if (( CURRENT == 2 )); then\n"
      "    local -a verbs=(\n";
  for (const std::string_view name : first_words()) {
    text += "      " + described(name) + "\n";
  }
  text +=
      "    )\n"
      "    _describe verb verbs\n"
      "    return\n"
      "  fi\n"
      "  local -a options\n"
      "  local verb=$words[2]\n" +
      zsh_groups() + "  case $verb in\n";
  for (const std::string_view name : verb_names()) {
    text += "    " + shell_quoted(name) + ") options=(" + options_of(name) + ") ;;\n";
  }
  return text +
         "  esac\n"
         "  if [[ $words[CURRENT] == -* ]]; then compadd -- $options; else _files; fi\n"
         "}\n"
         "_automator67 \"$@\"\n";
}

// When fish is to offer a verb's options: its words were typed.
std::string fish_seen(std::string_view verb) {
  const std::size_t space = verb.find(' ');
  std::string text = "__fish_seen_subcommand_from " + std::string(verb.substr(0, space));
  if (space == std::string_view::npos) return text;
  return text + "; and __fish_seen_subcommand_from " + std::string(verb.substr(space + 1));
}

std::string fish_groups() {
  std::string text;
  for (const std::string_view group : groups()) {
    for (const std::string_view second : second_words(group)) {
      const std::string verb = std::string(group) + " " + std::string(second);
      text += "complete -c automator67 -n '" + fish_seen(group) +
              "; and not __fish_seen_subcommand_from " + joined(second_words(group)) + "' -f -a " +
              std::string(second) + " -d " + shell_quoted(find_verbs(verb).front()->doc) + "\n";
    }
  }
  return text;
}

std::string fish_text() {
  std::string text = "# fish completion of automator67\n";
  const std::string start = "complete -c automator67 ";
  for (const std::string_view name : first_words()) {
    const Group* group = find_group(name);
    text += start + "-n __fish_use_subcommand -f -a " + std::string(name) + " -d " +
            shell_quoted(group == nullptr ? find_verbs(name).front()->doc : group->doc) + "\n";
  }
  text += fish_groups();
  for (const std::string_view name : verb_names()) {
    for (const Field* field : fields_of(name)) {
      if (field->positional) continue;
      text += start + "-n '" + fish_seen(name) + "' -l " + std::string(field->flag);
      if (!field->shorthand.empty()) text += " -s " + std::string(field->shorthand);
      if (field->kind != FieldKind::kBoolean) text += " -r";
      if (!field->choices.empty()) text += " -f -a " + shell_quoted(joined(choices_of(*field)));
      text += " -d " + shell_quoted(field->doc) + "\n";
    }
  }
  return text + start + "-n '__fish_seen_subcommand_from help' -f -a " +
         shell_quoted(joined(first_words())) + "\n" + start +
         "-n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'\n";
}

}  // namespace

std::string completions_text(std::string_view shell) {
  if (shell == "zsh") return zsh_text();
  if (shell == "fish") return fish_text();
  return bash_text();
}

}  // namespace a67::cli
