// The options of a program: `--name VALUE` or `--name=VALUE`, and flags without a value. Pure.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/ports/log.h"
#include "node-wrapper/control/listen_address.h"

namespace a67 {

// The value of a variable of the environment, empty when it is not set.
using EnvironmentReader = std::function<std::string(const char* name)>;

class CommandLine {
 public:
  using Setter = std::function<Result<void>(const std::string& value)>;

  // `program` is named where its --help is.
  explicit CommandLine(std::string program) : program_(std::move(program)) {}

  void option(const std::string& name, Setter set) { setters_[name] = std::move(set); }
  void flag(const std::string& name, std::function<void()> set) { flags_[name] = std::move(set); }
  // Kinds of options that several programs have. REQUIRES: `out` outlives the reading.
  void address(const std::string& name, ListenAddress& out);
  void name(const std::string& option, std::string& out);  // what people see
  void folder(const std::string& name, std::string& out);
  void log_level(const std::string& name, LogLevel& out);
  void host_names(const std::string& name, std::vector<std::string>& out);  // at most 20

  // The options that had a value, in their order. kInvalidInput naming the one that is wrong.
  Result<std::vector<std::string>> read(std::span<const std::string> arguments) const;
  // One by name, as if it had been given: for what the environment says.
  Result<void> set(const std::string& name, const std::string& value) const;
  // Every address of this machine, with the port that a cloud gives in the variable PORT.
  [[nodiscard]] Result<ListenAddress> port_of_cloud(const std::string& port) const;
  // kInvalidInput: "--name must be plain text."
  [[nodiscard]] std::unexpected<Error> bad(std::string_view option, const std::string& rule) const;

 private:
  std::string program_;
  std::map<std::string, Setter, std::less<>> setters_;
  std::map<std::string, std::function<void()>, std::less<>> flags_;
};

}  // namespace a67
