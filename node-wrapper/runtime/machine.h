// What the node's machine is and how busy it is.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node-wrapper/runtime/command_run.h"
#include "node-wrapper/runtime/proc_files.h"

namespace a67 {

class Machine {
 public:
  // Asks the interpreters for their versions, once; `on_runtimes` is called when all have answered.
  void find_runtimes(boost::asio::io_context& io, const std::string& path,
                     const std::string& folder, std::function<void()> on_runtimes);
  void close();
  // Measures the load since the last call.
  void sample();

  [[nodiscard]] const std::vector<std::string>& runtimes() const { return runtimes_; }
  [[nodiscard]] double cpu_percent() const { return cpu_percent_; }
  [[nodiscard]] double memory_percent() const { return memory_percent_; }
  [[nodiscard]] std::uint64_t memory_bytes() const { return memory_bytes_; }

 private:
  std::vector<std::shared_ptr<CommandRun>> questions_;
  std::size_t unanswered_ = 0;
  std::map<std::string, std::string> answers_;
  std::vector<std::string> runtimes_;
  CpuTimes last_;
  double cpu_percent_ = 0;
  double memory_percent_ = 0;
  std::uint64_t memory_bytes_ = 0;
};

// "v20.20.2" or "Python 3.11.2" or "git version 2.39.5": the version alone; empty when there is
// none.
std::string version_in(const std::string& line);

struct UserIds {
  std::uint32_t user = 0;
  std::uint32_t group = 0;
};
// The ids of a user in a text like /etc/passwd. Why not getpwnam: a static program would load
// libraries for it.
std::optional<UserIds> find_user(std::string_view passwd, std::string_view name);

}  // namespace a67
