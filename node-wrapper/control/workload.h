// Workload is what the control API steers: the replicas that run here and the gateway's table. The
// wrapper's own is in node-wrapper/node_workload.h; tests bring a small one.
//
// Everything is called on the control thread, callbacks included, and returns at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/upload.h"

namespace a67 {

// The lines of one /v1/logs connection.
class LogTap {
 public:
  virtual ~LogTap() = default;
  // At most `count_max` of the lines that came since the last call; empty when there are none.
  virtual std::vector<LogLine> take(std::size_t count_max) = 0;
};

class Workload {
 public:
  virtual ~Workload() = default;

  // Takes over what should run and be routed from now on.
  virtual void apply(const DesiredState& desired) = 0;
  // Fills what only the workload knows: load, missing archives, replicas, gateway, and of the
  // node's facts disk, memory, processors, limits and runtimes.
  virtual void observe(NodeStatus& status) = 0;
  // `changed` is called whenever `observe` would say something new about a replica.
  virtual void on_change(std::function<void()> changed) = 0;

  virtual Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                                      std::optional<std::uint64_t> announced_bytes) = 0;
  // Checks the archive and makes it durable, off this thread; `done` gets its size.
  virtual void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) = 0;

  // `more` is called when lines came after a take(), and never after the tap is gone.
  virtual Result<std::unique_ptr<LogTap>> open_logs(const LogsRequest& request,
                                                    std::function<void()> more) = 0;
};

}  // namespace a67
