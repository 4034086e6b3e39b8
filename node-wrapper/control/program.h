// What the programs of nodes and of servers have in common around what they run: verbs, options,
// what they tell a person, exit codes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/ports/log.h"
#include "node-wrapper/control/command_line.h"

namespace a67 {

struct ProgramOptions {
  enum class Verb : std::uint8_t { kRun, kReset, kHelp, kVersion };
  Verb verb = Verb::kRun;
  std::string name;
  std::string data_folder;
  std::vector<std::string> host_names;
  LogLevel log_level = LogLevel::kInfo;
  std::string forward_to;  // of tests: where forwarded requests go instead; from A67_FORWARD_TO
};

// Reads what `line` has been told of and these options; of the environment A67_NODE_NAME and
// A67_FORWARD_TO. Gives the names of the options that had a value; kInvalidInput naming the one
// that is wrong.
Result<std::vector<std::string>> read_program(CommandLine& line, ProgramOptions& options,
                                              std::span<const std::string> arguments,
                                              const EnvironmentReader& environment);

struct Program {
  std::string_view name;  // "automator67-node"
  std::string_view version;
  std::string_view usage;
};
// Gets the line that says where the program listens.
using Ready = std::function<void(const std::string& line)>;
using Run = std::function<Result<void>(const Ready& ready)>;

// Does what the options' verb asks for, and says what went wrong; the exit code: 0 done or stopped,
// 3 could not start.
int run_program(const Program& program, const ProgramOptions& options, const Run& run);
// Says what is wrong with the options; the exit code, 2.
int refuse_options(const Program& program, const Error& error);

// The claim code of A67_CLAIM_CODE, taken out of the environment, which children and whoever looks
// at this process could read; empty when it is not set. Before there is a second thread.
Sensitive<std::string> take_claim_code();
// Empty when it is not set. Likewise.
std::string environment_variable(const char* name);

}  // namespace a67
