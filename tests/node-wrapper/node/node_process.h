// The real program, started as a process of its own with free ports and a folder of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/node-wrapper/control/harness.h"

namespace a67::test {

struct ProgramEnd {
  int exit_code = -1;  // 128 + the signal, when one ended it
  std::string out;
  std::string err;
};

// Runs the program to its end.
ProgramEnd run_program(const std::vector<std::string>& arguments);

class NodeProcess {
 public:
  // Starts it and waits for its ready line.
  NodeProcess(std::string folder, std::vector<std::string> arguments = {});
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  [[nodiscard]] std::uint16_t control() const { return control_; }
  [[nodiscard]] std::uint16_t gateway() const { return gateway_; }
  [[nodiscard]] NodeId node() const { return node_; }
  [[nodiscard]] std::string claim_code() const;
  // Everything it has written to stderr so far.
  [[nodiscard]] std::string log() const;
  // To the control API, wherever it is.
  Answer send(const std::string& method, const std::string& target) const {
    return send_request(control_, method, prefix_ + target);
  }
  Answer order(Controller& controller, const std::string& method, const std::string& target,
               const std::string& body = {}, HeaderList headers = {});
  void claimed_by(Controller& controller);
  // The status as it comes over /v1/events until `is_enough`.
  NodeStatus wait_for(Controller& controller,
                      const std::function<bool(const NodeStatus&)>& is_enough);
  // Sends the signal and waits for the end.
  int end(int signal);

 private:
  std::string folder_;
  pid_t pid_ = -1;
  int out_ = -1;
  std::uint16_t control_ = 0;
  std::uint16_t gateway_ = 0;
  std::string prefix_;  // of the control API
  NodeId node_;
};

}  // namespace a67::test
