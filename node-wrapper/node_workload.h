// NodeWorkload joins the runtime and the gateway behind the control API's Workload: one desired
// state goes to both, one status comes from both, and what becomes ready is routed.
//
// Control thread only. REQUIRES: runtime and gateway outlive it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node-wrapper/control/workload.h"
#include "node-wrapper/gateway/gateway.h"
#include "node-wrapper/runtime/runtime.h"

namespace a67 {

class NodeWorkload final : public Workload {
 public:
  NodeWorkload(NodeId self, Runtime& runtime, gateway::Gateway& gateway);

  void apply(const DesiredState& desired) override;
  void observe(NodeStatus& status) override;
  void on_change(std::function<void()> changed) override { changed_ = std::move(changed); }
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes) override;
  void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) override;
  Result<std::unique_ptr<LogTap>> open_logs(const LogsRequest& request,
                                            std::function<void()> more) override;

  // Tells the gateway how busy this machine is; call it every second or two.
  void report_load();

 private:
  void update_routes();

  NodeId self_;
  Runtime& runtime_;
  gateway::Gateway& gateway_;
  Routes routes_;
  std::function<void()> changed_;
};

}  // namespace a67
