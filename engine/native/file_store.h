// The engine's store as one file per key. Secrets need no encryption here: the files are readable
// by their owner only, who could read the key of an encryption just as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67::native {

class FileStore {
 public:
  static constexpr std::size_t kValueBytesMax = std::size_t{256} << 20;

  explicit FileStore(std::string folder) : folder_(std::move(folder)) {}

  // Nothing when the key was never saved. Error: kStoreFailed.
  [[nodiscard]] Result<std::optional<std::string>> load(std::string_view key) const;
  // Durable when it answers. Error: kStoreFailed.
  [[nodiscard]] Result<void> save(std::string_view key, std::string_view value) const;

 private:
  [[nodiscard]] Result<std::string> path_of(std::string_view key) const;
  std::string folder_;
};

}  // namespace a67::native
