// Archives kept as files named by their SHA-256, until the engine drops them.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67::native {

class BlobFiles {
 public:
  explicit BlobFiles(std::string folder) : folder_(std::move(folder)) {}

  // Where a blob lies or would lie. Error: kInvalidInput for a name that is no SHA-256.
  [[nodiscard]] Result<std::string> path_of(std::string_view sha256) const;
  // A new name in the same folder, for a file that is still being written.
  [[nodiscard]] std::string temporary_path() const;
  // Moves a finished file to its name. Error: kStoreFailed.
  [[nodiscard]] Result<void> adopt(const std::string& temporary, std::string_view sha256) const;
  [[nodiscard]] Result<void> drop(std::string_view sha256) const;
  // Removes what programs that were killed while writing left behind.
  void remove_leftovers() const;

 private:
  std::string folder_;
};

}  // namespace a67::native
