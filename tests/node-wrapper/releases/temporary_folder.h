// A folder of a test's own, removed with everything in it at the end.
#pragma once

#include <stdlib.h>

#include <string>

#include "node-wrapper/releases/file_tools.h"

namespace a67 {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = "/tmp/a67-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { remove_tree(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace a67
