// Unpacks a release archive (.tar.gz or .zip) from outside into an empty folder, trusting nothing
// in it.
//
// Refused, each with the entry's name: absolute names and `..`, links that leave the folder,
// devices, pipes and sockets, names given twice, encrypted entries, and whatever is over the limits
// below (kBadArchive); too little free space (kDiskFull). On an error the folder holds rubbish: the
// caller removes it. It blocks, so it belongs on a worker thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

struct UnpackLimits {
  std::uint64_t bytes_max = std::uint64_t{2} << 30;
  std::uint64_t entries_max = 100'000;
  // Unpacked bytes for each packed one, looked at once more than `ratio_free_bytes` are unpacked: a
  // small archive of zeros is honest, a large one is a bomb.
  std::uint64_t ratio_max = 200;
  std::uint64_t ratio_free_bytes = std::uint64_t{10} << 20;
  std::uint64_t free_bytes_min = std::uint64_t{256} << 20;  // what must stay free on the disk
  FreeSpace free_space = a67::free_space;
};

struct UnpackReport {
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

// REQUIRES: `folder` exists and is empty. `cancelled` may be set from another thread (kCancelled);
// null = never.
Result<UnpackReport> unpack_archive(const std::string& archive, ArchiveFormat format,
                                    const std::string& folder, const UnpackLimits& limits,
                                    const std::atomic<bool>* cancelled = nullptr);

}  // namespace a67
