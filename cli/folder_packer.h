// Packs a folder into a tar.gz. The same files give the same bytes: paths are sorted, times and
// owners left out, so that deploying an unchanged folder again uploads nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/ignore.h"
#include "cli/listing.h"

namespace a67::cli {

struct PackedArchive {
  std::string sha256;
  std::int64_t bytes = 0;
  Listing listing;
};

using PackProgress = std::function<void(std::int64_t done, std::int64_t total)>;

// Writes to `into`. Links that leave the folder, sockets and devices are left out.
// Errors: kInvalidInput (no files), kTooLarge, kStoreFailed.
Result<PackedArchive> pack_folder(const std::string& folder, const Ignore& ignore,
                                  const std::string& into, const PackProgress& progress);

}  // namespace a67::cli
