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
    option("workspace", FieldKind::kText,
           "Work with this workspace of the data folder, by name or id (also $A67_WORKSPACE)."),
    option("passphrase-file", FieldKind::kText,
           "Read the vault's passphrase from this file instead of asking (also "
           "$A67_PASSPHRASE_FILE)."),
    option("recovery-file", FieldKind::kText,
           "Open the vault with the recovery words in this file."),
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

constexpr std::array kProtectFields = {
    option("recovery-out", FieldKind::kText,
           "Write the recovery words to this new file (mode 0600) instead of showing them."),
    option("keep-device-key", FieldKind::kBoolean,
           "Leave device.key, so that nothing is asked on this machine."),
};
constexpr std::array kChangeFields = {
    option("new-passphrase-file", FieldKind::kText,
           "Read the new passphrase from this file instead of asking."),
};
constexpr std::array kRecoveryFields = {kProtectFields[0]};

constexpr Field file_argument(std::string_view doc) {
  return {.name = "file",
          .flag = "file",
          .shorthand = "",
          .kind = FieldKind::kText,
          .positional = true,
          .required = true,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "",
          .doc = doc};
}
constexpr Field named(std::string_view name, std::string_view flag, FieldKind kind,
                      std::string_view doc, bool positional = false) {
  return {.name = name,
          .flag = flag,
          .shorthand = "",
          .kind = kind,
          .positional = positional,
          .required = positional,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "",
          .doc = doc};
}
constexpr Field kSecretFiles = named(
    "secretFiles", "secret-file", FieldKind::kMap,
    "Read a secret field from a file that nobody else may read, instead of asking: token=FILE.");
constexpr Field kPlainFields = named("fields", "field", FieldKind::kMap,
                                     "A field of the provider that is no secret: KEY=VALUE.");
constexpr std::array kConnectArguments = {
    named("provider", "provider", FieldKind::kText, "Its id, as `providers` lists it.", true),
    kSecretFiles,
    kPlainFields,
    named("name", "name", FieldKind::kText, "Your name for the account."),
    named("settings", "setting", FieldKind::kMap, "Workspace, project, region: KEY=VALUE."),
    named("endpoint", "endpoint", FieldKind::kText,
          "Another address instead of the provider's: a compatible service of your own."),
    named("transport", "transport", FieldKind::kText,
          "How its requests go: direct, or by relay; left out: the first that works."),
    named("relay", "relay", FieldKind::kText,
          "The node that forwards them, by name or id; it sees them and the token in them."),
    named("second", "second", FieldKind::kBoolean,
          "There is an account of this provider already, and its terms allow another."),
};
constexpr std::array kRotateArguments = {
    named("account", "account", FieldKind::kText, "The account's id.", true),
    kSecretFiles,
    kPlainFields,
    named("byApi", "by-api", FieldKind::kBoolean,
          "Have the provider make the new one and end the old one, where its API can."),
};
constexpr std::array kCallArguments = {
    named("account", "account", FieldKind::kText, "The account's id.", true),
    named("operation", "operation", FieldKind::kText, "E.g. service.list.", true),
    named("input", "input", FieldKind::kText,
          "A JSON object; @FILE reads a file, - standard input."),
};
constexpr std::array kBackupArguments = {
    file_argument("The file to write; by custom it ends in .a67backup."),
};
constexpr std::array kBackupFields = {
    option("force", FieldKind::kBoolean, "Overwrite the file when it is there already."),
};
constexpr std::array kRestoreArguments = {
    file_argument("A file that backup wrote, or that the page saved."),
};
constexpr std::array kRestoreFields = {
    option("replace", FieldKind::kBoolean,
           "Make everything as it was, instead of keeping what was changed last."),
    option("dry-run", FieldKind::kBoolean, "Show what would change, and change nothing."),
    option("backup-passphrase-file", FieldKind::kText,
           "Read the passphrase of the backup from this file instead of asking."),
    option("backup-recovery-file", FieldKind::kText,
           "Open the backup with the recovery words in this file."),
};

constexpr std::array kCreateArguments = {
    named("name", "name", FieldKind::kText, "What it is called.", true),
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
    Field{.name = "second",
          .flag = "second-word",
          .shorthand = "",
          .kind = FieldKind::kText,
          .positional = true,
          .required = false,
          .minimum = kNoMinimum,
          .maximum = kNoMaximum,
          .choices = "",
          .doc = "Its second word, when it has one: help vault status."},
};

constexpr std::array kGroups = {
    Group{.name = "vault",
          .doc = "Look after what guards the data: passphrase, recovery words, device key."},
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
    own("vault create",
        "Make another workspace in the data folder: a vault of its own, with nodes, apps and "
        "secrets of its own. It is worked with by --workspace.",
        "automator67 vault create Northwind", kCreateArguments),
    own("vault protect",
        "Guard the vault with a passphrase and recovery words, and take the device key away. "
        "Without a terminal, the passphrase comes from --passphrase-file.",
        "automator67 vault protect"),
    own("vault change-passphrase",
        "Replace the passphrase. A forgotten one is replaced with --recovery-file.",
        "automator67 vault change-passphrase"),
    own("vault recovery", "Make new recovery words; the old ones open nothing any more.",
        "automator67 vault recovery"),
    own("vault remember",
        "Keep a device key beside the data, so that nothing is asked on this machine.",
        "automator67 vault remember"),
    own("vault forget-device",
        "Take the device key away and replace the vault key, so that the passphrase is asked "
        "again.",
        "automator67 vault forget-device"),
    own("connect",
        "Connect an account: its credential is asked for, tried at once and kept in the vault.",
        "automator67 connect render --name mine", kConnectArguments),
    own("rotate", "Give an account another credential; the old one stays until the new one works.",
        "automator67 rotate render", kRotateArguments),
    own("call", "Run one operation of an account and print its answer.",
        "automator67 call render service.list", kCallArguments),
    own("backup",
        "Write everything the vault guards into one encrypted file. It opens with what opens the "
        "vault now. Uploaded archives are not in it.",
        "automator67 backup cloud.a67backup", kBackupArguments),
    own("restore",
        "Take over a backup: show what would change, ask, then merge it or, with --replace, make "
        "everything as it was. In an empty data folder the backup's vault becomes the folder's.",
        "automator67 restore cloud.a67backup --dry-run", kRestoreArguments),
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
  if (verb == "vault protect") return kProtectFields;
  if (verb == "vault change-passphrase") return kChangeFields;
  if (verb == "vault recovery") return kRecoveryFields;
  if (verb == "backup") return kBackupFields;
  if (verb == "restore") return kRestoreFields;
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

const Group* find_group(std::string_view name) {
  const auto* const found = std::ranges::find(kGroups, name, &Group::name);
  return found == kGroups.end() ? nullptr : found;
}

std::vector<std::string_view> first_words() {
  std::vector<std::string_view> words;
  for (const std::string_view name : verb_names()) {
    const std::string_view first = name.substr(0, name.find(' '));
    if (std::ranges::find(words, first) == words.end()) words.push_back(first);
  }
  return words;
}

std::vector<std::string_view> second_words(std::string_view group) {
  std::vector<std::string_view> words;
  for (const std::string_view name : verb_names()) {
    const std::size_t space = name.find(' ');
    if (space != std::string_view::npos && name.substr(0, space) == group) {
      words.push_back(name.substr(space + 1));
    }
  }
  return words;
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
