// The verbs of the command line: those of the contract, generated into generated/verbs.inc, and the
// few that belong to the program itself.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace a67::cli {

// How a request field is written on the command line.
enum class FieldKind : std::uint8_t {
  kText,
  kInteger,
  kNumber,
  kBoolean,   // given or not
  kList,      // repeatable
  kMap,       // repeatable KEY=VALUE
  kIntegers,  // NAME=N,NAME=N
  kSource,    // folder, archive or Git URL
};

enum class CommandKind : std::uint8_t { kCommand, kQuery, kStream };

inline constexpr std::int64_t kNoMinimum = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kNoMaximum = std::numeric_limits<std::int64_t>::max();

struct Field {
  std::string_view name;  // in the request; empty for an option of the program itself
  std::string_view flag;
  std::string_view shorthand;
  FieldKind kind;
  bool positional;
  bool required;
  std::int64_t minimum;
  std::int64_t maximum;
  std::string_view choices;  // separated by |
  std::string_view doc;
};

struct Verb {
  std::string_view verb;
  std::string_view command;  // of the contract; empty for the program's own
  std::string_view doc;
  CommandKind kind;
  bool progress;
  std::string_view confirm;  // the question a destructive verb asks
  std::string_view example;
  std::span<const Field> fields;
};

// Verbs of two words, such as `vault status`, belong to the group of the first.
struct Group {
  std::string_view name;
  std::string_view doc;
};

struct ErrorExit {
  std::string_view code;
  int exit;
  std::string_view doc;
};

// Every verb in the order of `help`. `settings` is there twice: to show (no options) and to change.
std::span<const Verb> contract_verbs();
std::span<const Verb> program_verbs();
// Options of one verb that are the program's own, e.g. --env-file of deploy.
std::span<const Field> program_fields(std::string_view verb);
// Options every verb takes.
std::span<const Field> global_fields();

// Every entry of that name.
std::vector<const Verb*> find_verbs(std::string_view name);
std::vector<std::string_view> verb_names();
// Null when no verb of two words begins with it.
const Group* find_group(std::string_view name);
// The first words there are: verbs of one word, and groups.
std::vector<std::string_view> first_words();
std::vector<std::string_view> second_words(std::string_view group);

// The exit code of an error code of the contract; 1 for an unknown one.
int exit_code_of(std::string_view error_code);
std::span<const ErrorExit> error_exits();

std::vector<std::string_view> choices_of(const Field& field);

}  // namespace a67::cli
