// Upload takes one release archive in pieces, hashes it on the way, and keeps it only when it is
// what was promised.
//
// The bytes go to a temporary file that gets its real name in finish(), after the SHA-256 was right
// and the bytes are on the disk. Whatever happens before (a broken connection, a wrong hash, a full
// disk, a killed wrapper) leaves no archive behind: the destructor removes the file, and the store
// clears the folder when it opens.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/base/crypto.h"
#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

class Upload {
 public:
  struct Options {
    std::string sha256;     // promised, lower-case hex
    std::string temporary;  // where the bytes go
    std::string path;       // what finish() names them
    std::uint64_t bytes_max = 0;
    std::uint64_t free_bytes_min = 0;
    FreeSpace free_space;
  };
  static Result<Upload> begin(Options options);
  Upload(Upload&&) noexcept;
  Upload& operator=(Upload&&) = delete;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload();

  // kTooLarge, kDiskFull, kStoreFailed. After an error only the destructor may follow.
  Result<void> write(std::span<const std::uint8_t> bytes);
  // The number of bytes; kInvalidInput when the hash is another. Waits for the disk, so call it on
  // a worker thread.
  Result<std::uint64_t> finish();
  [[nodiscard]] const std::string& sha256() const { return options_.sha256; }

 private:
  explicit Upload(Options options) : options_(std::move(options)) {}

  Options options_;
  Fd file_;
  Sha256 hash_;
  std::uint64_t bytes_ = 0;
  std::uint64_t next_space_check_ = 0;
};

}  // namespace a67
