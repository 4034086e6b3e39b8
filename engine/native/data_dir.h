// The folder where a program outside the browser keeps its state: store/ (of earlier versions),
// state.db, device.key, blobs/, the lock and the socket by which a running `watch` is reached.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/native/files.h"

namespace a67::native {

struct DataDir {
  std::string path;

  [[nodiscard]] std::string store() const { return path + "/store"; }
  [[nodiscard]] std::string table() const { return path + "/state.db"; }
  [[nodiscard]] std::string blobs() const { return path + "/blobs"; }
  [[nodiscard]] std::string device_key() const { return path + "/device.key"; }
  [[nodiscard]] std::string lock() const { return path + "/lock"; }
  [[nodiscard]] std::string socket() const { return path + "/engine.sock"; }
};

// Makes the folder and its parts (mode 0700). Error: kStoreFailed.
Result<DataDir> open_data_dir(std::string path);

// Held for as long as an engine runs on the folder: two engines with one identity would fight over
// their nodes.
class DataDirLock {
 public:
  // Error: kConflict, naming the process that holds it.
  static Result<DataDirLock> take(const DataDir& dir);

 private:
  explicit DataDirLock(Descriptor file) : file_(std::move(file)) {}
  Descriptor file_;
};

}  // namespace a67::native
