// DataFolder is the node's own folder: 0700, held by one wrapper at a time, with files nobody else
// can read.
//
// The hold is an flock on DATA/lock: the kernel drops it when the process ends, however it ends, so
// a killed wrapper never leaves a stale one behind. Half-written files of a killed wrapper
// (`*.new*`) are removed: they may hold secrets.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

class DataFolder {
 public:
  // Creates the folder when it is not there; path() is absolute. kConflict when another wrapper
  // holds it; kForbidden when it is not ours.
  static Result<DataFolder> open(const std::string& given);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  DataFolder(std::string path, Fd lock) : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  Fd lock_;
};

}  // namespace a67
