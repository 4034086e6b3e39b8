// NoWorkload is the workload of a server that runs no apps: it takes every desired state and does
// nothing about it.
#pragma once

#include <string>

#include "node-wrapper/control/workload.h"

namespace a67 {

class NoWorkload final : public Workload {
 public:
  // `data_folder`: on the disk whose free bytes are told.
  explicit NoWorkload(std::string data_folder) : data_folder_(std::move(data_folder)) {}

  void apply(const DesiredState& /*desired*/) override {}
  void observe(NodeStatus& status) override;
  void on_change(std::function<void()> /*changed*/) override {}
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes) override;
  void finish_upload(Upload upload, std::function<void(Result<std::uint64_t>)> done) override;
  Result<std::unique_ptr<LogTap>> open_logs(const LogsRequest& request,
                                            std::function<void()> more) override;

 private:
  std::string data_folder_;
};

}  // namespace a67
