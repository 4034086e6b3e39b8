// Archives: what the person deploys. The bytes say what the app does when it runs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67::sim {

enum class Behaviour : std::uint8_t { kWell, kBuildFails, kNeverHealthy, kCrashes };

struct Archive {
  std::string sha256;
  std::string bytes;
  Behaviour behaviour = Behaviour::kWell;
};

class Archives {
 public:
  const Archive& make(Behaviour behaviour) {
    std::string bytes = "archive " + std::to_string(archives_.size());
    std::string name = hex_encode(a67::sha256(bytes));
    const auto entry = archives_.try_emplace(
        name, Archive{.sha256 = name, .bytes = std::move(bytes), .behaviour = behaviour});
    return entry.first->second;
  }
  // Null for an archive that nobody made.
  [[nodiscard]] const Archive* find(const std::string& sha256) const {
    const auto found = archives_.find(sha256);
    return found == archives_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Archive> archives_;
};

}  // namespace a67::sim
