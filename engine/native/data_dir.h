// The folder where a program outside the browser keeps its state: store/ (of earlier versions),
// state.db, device.key, blobs/, the lock and the socket by which a running `watch` is reached.
//
// A folder may hold several workspaces. Their rows lie apart in state.db; what belongs to one and
// is no row has its id in the name, but for the first one's.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/native/files.h"

namespace a67::native {

inline constexpr std::string_view kFirstWorkspace = "main";

struct DataDir {
  std::string path;
  // 1 to 64 characters of a-z, 0-9 and dash.
  std::string workspace{kFirstWorkspace};

  [[nodiscard]] std::string store() const { return path + "/store" + suffix(); }
  [[nodiscard]] std::string table() const { return path + "/state.db"; }
  [[nodiscard]] std::string blobs() const { return path + "/blobs" + suffix(); }
  [[nodiscard]] std::string device_key() const { return path + "/device" + suffix() + ".key"; }
  [[nodiscard]] std::string lock() const { return path + "/lock"; }
  [[nodiscard]] std::string socket() const { return path + "/engine.sock"; }

 private:
  [[nodiscard]] std::string suffix() const {
    return workspace == kFirstWorkspace ? std::string() : "-" + workspace;
  }
};

// Makes the folder and its parts (mode 0700). Error: kStoreFailed.
Result<DataDir> open_data_dir(std::string path,
                              std::string workspace = std::string(kFirstWorkspace));

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
