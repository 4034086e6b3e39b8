#include "node-wrapper/control/program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "node-wrapper/control/node_record.h"
#include "node-wrapper/control/relay_rules.h"

namespace a67 {
namespace {

constexpr int kWrongOptions = 2;
constexpr int kCouldNotStart = 3;
constexpr const char* kClaimCode = "A67_CLAIM_CODE";

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

int report(const Program& program, const Error& error, int exit_code) {
  std::fprintf(stderr, "%s: %s\n", std::string(program.name).c_str(), error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
  return exit_code;
}

}  // namespace

Result<std::vector<std::string>> read_program(CommandLine& line, ProgramOptions& options,
                                              std::span<const std::string> arguments,
                                              const EnvironmentReader& environment) {
  using Verb = ProgramOptions::Verb;
  line.name("--name", options.name);
  line.folder("--data-dir", options.data_folder);
  line.host_names("--host-name", options.host_names);
  line.log_level("--log-level", options.log_level);
  for (const char* help : {"--help", "-h"}) line.flag(help, [&] { options.verb = Verb::kHelp; });
  line.flag("--version", [&] { options.verb = Verb::kVersion; });

  const auto variable = [&](const char* name) {
    return environment ? environment(name) : std::string();
  };
  if (const std::string name = variable("A67_NODE_NAME"); !name.empty()) {
    if (auto done = line.set("--name", name); !done) return std::unexpected(done.error());
  }
  options.forward_to = variable("A67_FORWARD_TO");
  if (!options.forward_to.empty() && !is_loopback_origin(options.forward_to)) {
    return line.bad("A67_FORWARD_TO", "is for tests, and must be like http://127.0.0.1:4000");
  }
  if (!arguments.empty() && (arguments[0] == "run" || arguments[0] == "reset")) {
    if (arguments[0] == "reset") options.verb = Verb::kReset;
    arguments = arguments.subspan(1);
  }
  return line.read(arguments);
}

int refuse_options(const Program& program, const Error& error) {
  return report(program, error, kWrongOptions);
}

int run_program(const Program& program, const ProgramOptions& options, const Run& run) {
  using Verb = ProgramOptions::Verb;
  Result<void> done;
  switch (options.verb) {
    case Verb::kHelp:
      print(program.usage);
      break;
    case Verb::kVersion:
      print(std::string(program.name) + " " + std::string(program.version) + "\n");
      break;
    case Verb::kReset:
      done = forget_controller(options.data_folder);
      if (done) print("The controller is forgotten. The next start makes a new claim code.\n");
      break;
    case Verb::kRun:
      done = run([](const std::string& line) { print(line + "\n"); });
      break;
  }
  return done ? 0 : report(program, done.error(), kCouldNotStart);
}

Sensitive<std::string> take_claim_code() {
  char* value = std::getenv(kClaimCode);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  if (value == nullptr) return {};
  Sensitive<std::string> secret{std::string(value)};
  wipe(value, secret.expose().size());
  ::unsetenv(kClaimCode);
  return secret;
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  return value == nullptr ? "" : value;
}

}  // namespace a67
