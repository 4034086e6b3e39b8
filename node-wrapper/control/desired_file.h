// The last desired state, kept over a restart (DATA/desired.json, mode 0600: it holds the apps'
// environments).
//
// A node whose controller is away goes on with what it was told last, also after its own restart.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

class DesiredFile {
 public:
  explicit DesiredFile(const std::string& folder) : path_(folder + "/desired.json") {}

  // Nothing when there is none. A damaged file is an error: what it asked for is not known any
  // more.
  [[nodiscard]] Result<std::optional<DesiredState>> load() const;
  // Durable when it returns.
  Result<void> save(const DesiredState& desired) const;
  void remove() const;

 private:
  std::string path_;
};

}  // namespace a67
