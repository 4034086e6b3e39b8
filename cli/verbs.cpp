#include "cli/verbs.h"

#include <algorithm>
#include <array>

namespace a67::cli {
namespace {

#include "cli/generated/verbs.inc"

constexpr Field option(std::string_view flag, FieldKind kind, std::string_view doc,
                       std::string_view shorthand = "") {
  return {.name = "",
          .flag = flag,
          .shorthand = shorthand,
          .kind = kind,
          .positional = false,
          .required = false,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "",
          .doc = doc};
}

constexpr std::array kGlobalFields = {
    option("json", FieldKind::kBoolean,
           "Print JSON: one document, or one object a line while something goes on."),
    option("data-dir", FieldKind::kText,
           "Where identity, state and archives are kept (default $XDG_DATA_HOME/automator67)."),
    option("quiet", FieldKind::kBoolean, "Print the result only, no progress.", "q"),
    option("no-color", FieldKind::kBoolean, "No colours (also when NO_COLOR is set)."),
    option("yes", FieldKind::kBoolean, "Do not ask before something that cannot be undone.", "y"),
    option("help", FieldKind::kBoolean, "Show how the verb is used.", "h"),
};

constexpr std::array kSourceFields = {
    option("env-file", FieldKind::kText, "Read KEY=VALUE lines into the environment; --env wins."),
    option("all-files", FieldKind::kBoolean, "Pack node_modules, .git, __pycache__ and .venv too."),
};
constexpr std::array kDeployFields = {
    kSourceFields[0],
    kSourceFields[1],
    option("no-wait", FieldKind::kBoolean,
           "Return once the release is handed over; a running watch or page finishes it."),
};

constexpr std::array kCompletionsFields = {
    Field{.name = "shell",
          .flag = "shell",
          .shorthand = "",
          .kind = FieldKind::kText,
          .positional = true,
          .required = true,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "bash|zsh|fish",
          .doc = "The shell to complete in."},
};
constexpr std::array kHelpFields = {
    Field{.name = "verb",
          .flag = "verb",
          .shorthand = "",
          .kind = FieldKind::kText,
          .positional = true,
          .required = false,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "",
          .doc = "The verb to explain."},
};

constexpr Verb own(std::string_view verb, std::string_view doc, std::string_view example,
                   std::span<const Field> fields = {}) {
  return {.verb = verb,
          .command = "",
          .doc = doc,
          .kind = CommandKind::kQuery,
          .progress = false,
          .confirm = "",
          .example = example,
          .fields = fields};
}

const std::array kProgramVerbs = {
    own("watch",
        "Keep the nodes and apps as they should be, and print what happens, until stopped. Other "
        "invocations use "
        "this engine meanwhile.",
        "automator67 watch"),
    own("completions", "Print a script that completes verbs and options in a shell.",
        "automator67 completions bash > ~/.local/share/bash-completion/completions/automator67",
        kCompletionsFields),
    own("help", "Show what there is, or how one verb is used.", "automator67 help deploy",
        kHelpFields),
    own("version", "Print the version.", "automator67 version"),
};

}  // namespace

std::span<const Verb> contract_verbs() { return kVerbs; }
std::span<const Verb> program_verbs() { return kProgramVerbs; }
std::span<const Field> global_fields() { return kGlobalFields; }
std::span<const ErrorExit> error_exits() { return kErrorExits; }

std::span<const Field> program_fields(std::string_view verb) {
  if (verb == "deploy") return kDeployFields;
  if (verb == "plan") return kSourceFields;
  return {};
}

std::vector<const Verb*> find_verbs(std::string_view name) {
  std::vector<const Verb*> found;
  for (const auto verbs : {contract_verbs(), program_verbs()}) {
    for (const Verb& verb : verbs) {
      if (verb.verb == name) found.push_back(&verb);
    }
  }
  return found;
}

std::vector<std::string_view> verb_names() {
  std::vector<std::string_view> names;
  for (const auto verbs : {contract_verbs(), program_verbs()}) {
    for (const Verb& verb : verbs) {
      if (std::ranges::find(names, verb.verb) == names.end()) names.push_back(verb.verb);
    }
  }
  return names;
}

int exit_code_of(std::string_view error_code) {
  const auto* const found =
      std::ranges::find(kErrorExits, error_code, [](const ErrorExit& exit) { return exit.code; });
  return found == std::end(kErrorExits) ? 1 : found->exit;
}

std::vector<std::string_view> choices_of(const Field& field) {
  std::vector<std::string_view> choices;
  for (std::string_view rest = field.choices; !rest.empty();) {
    const std::size_t bar = std::min(rest.find('|'), rest.size());
    choices.push_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return choices;
}

}  // namespace a67::cli
