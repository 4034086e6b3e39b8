// A Runtime on a folder of its own, with times short enough for tests and waiting on conditions
// instead of sleeping.
#pragma once

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch_amalgamated.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "node-wrapper/runtime/proc_files.h"
#include "node-wrapper/runtime/runtime.h"
#include "tests/node-wrapper/releases/archive_maker.h"
#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {

inline constexpr std::chrono::seconds kPatience{120};

class RuntimeRig {
 public:
  explicit RuntimeRig(bool control_groups = false) {
    options_.data_folder = folder_ / "data";
    // Unique, because by it the runtime finds processes of its own.
    options_.node_id = "test-" + std::to_string(::getpid()) + "-" + std::to_string(++rigs_);
    options_.use_control_groups = control_groups;
    options_.find_runtimes = false;
    options_.sample_interval = Duration(100);
    options_.life.backoff_base = Duration(20);
    options_.life.backoff_max = Duration(100);
    options_.life.drain = Duration(20);
    options_.life.start_probe_every = Duration(20);
  }
  ~RuntimeRig() {
    if (runtime_ != nullptr) stop_all();
    for (const OwnedProcess& process : processes_of_node(options_.node_id)) {
      ::kill(process.pid, SIGKILL);
    }
  }
  RuntimeRig(const RuntimeRig&) = delete;
  RuntimeRig& operator=(const RuntimeRig&) = delete;

  RuntimeOptions& options() { return options_; }
  boost::asio::io_context& io() { return io_; }
  TemporaryFolder& folder() { return folder_; }

  Runtime& open() {
    auto opened = Runtime::open(io_, options_);
    REQUIRE(opened);
    runtime_ = std::move(*opened);
    return *runtime_;
  }
  Runtime& runtime() { return runtime_ == nullptr ? open() : *runtime_; }
  // The wrapper goes without ending its apps.
  void abandon() { runtime_.reset(); }

  void wait_for(const std::string& what, const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      INFO("waiting for " << what << "; " << describe_replicas());
      REQUIRE(std::chrono::steady_clock::now() < end);
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(20));
    }
  }
  void wait_for_state(const std::string& id, ReplicaState state) {
    wait_for(id + " to be " + std::string(to_string(state)),
             [&] { return find(id) && find(id)->state == state; });
  }
  std::optional<ReplicaStatus> find(const std::string& id) {
    for (ReplicaStatus& status : runtime_->status()) {
      if (status.id.value == id) return std::move(status);
    }
    return std::nullopt;
  }
  void stop_all() {
    bool stopped = false;
    runtime_->stop_all([&] { stopped = true; });
    wait_for("everything to stop", [&] { return stopped; });
  }

  // Stores an archive as an upload would, and returns its SHA-256.
  std::string upload(const std::vector<TestEntry>& entries) {
    return upload_bytes(archive_bytes(ArchiveFormat::kTarGz, entries));
  }
  std::string upload_bytes(const std::string& bytes) {
    const std::string name = hex_encode(sha256(bytes));
    auto upload = runtime().begin_upload(name, ArchiveFormat::kTarGz);
    REQUIRE(upload);
    REQUIRE(upload->write(as_bytes(bytes)));
    bool done = false;
    runtime().finish_upload(std::move(*upload), [&](const Result<std::uint64_t>& result) {
      CHECK(result);
      done = true;
    });
    wait_for("the upload", [&] { return done; });
    return name;
  }

  // A replica of the test app doing `what`.
  DesiredReplica wanted(const std::string& id, const std::string& what) {
    DesiredReplica replica;
    replica.id = ReplicaId(id);
    replica.app = "app";
    replica.release = ReleaseId("app-r1");
    if (archive_.empty()) archive_ = upload({{.name = "readme", .text = "hello"}});
    replica.source.sha256 = archive_;
    replica.spec.start = std::string("exec ") + A67_TEST_APP + " " + what;
    replica.spec.health = {
        .path = "/", .interval_seconds = 1, .timeout_seconds = 5, .start_seconds = 40};
    replica.spec.stop_seconds = 10;
    return replica;
  }
  void apply(std::vector<DesiredReplica> replicas) {
    DesiredState desired;
    desired.revision = ++revision_;
    desired.replicas = std::move(replicas);
    runtime().apply(desired);
  }
  std::string home_file(const std::string& id, const std::string& name) {
    return options_.data_folder + "/replicas/" + id + "/home/" + name;
  }
  std::string read_home(const std::string& id, const std::string& name) {
    return read_some(home_file(id, name), 100);
  }
  std::vector<std::string> log_texts(const std::string& app) {
    std::vector<std::string> texts;
    for (const LogLine& line : runtime_->logs(app, {}, 1000)) texts.push_back(line.text);
    return texts;
  }
  bool log_has(const std::string& app, const std::string& text) {
    const auto texts = log_texts(app);
    return std::ranges::find(texts, text) != texts.end();
  }

 private:
  std::string describe_replicas() {
    std::string text;
    if (runtime_ == nullptr) return text;
    for (const ReplicaStatus& status : runtime_->status()) {
      text += status.id.value + " is " + std::string(to_string(status.state));
      if (status.reason) {
        text += " (" + status.reason->message;
        for (const std::string& line : status.reason->lines) text += "\n" + line;
        text += ")";
      }
      text += "; ";
    }
    return text;
  }

  static inline int rigs_ = 0;
  TemporaryFolder folder_;
  RuntimeOptions options_;
  boost::asio::io_context io_;
  std::unique_ptr<Runtime> runtime_;
  std::string archive_;
  std::int64_t revision_ = 0;
};

inline bool is_alive(pid_t pid) {
  const auto facts = read_process(pid);
  return facts && facts->state != 'Z';
}

}  // namespace a67
