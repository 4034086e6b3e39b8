// Makes archives for tests, as wicked as needed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fleet/node_protocol.h"

namespace a67 {

struct TestEntry {
  enum class Kind : std::uint8_t { kFile, kFolder, kSymlink, kHardlink, kDevice, kPipe };
  std::string name;
  std::string text;  // a file's bytes, or a link's target
  Kind kind = Kind::kFile;
  unsigned mode = 0644;
};

// Writes `path`.
void make_archive(const std::string& path, ArchiveFormat format,
                  const std::vector<TestEntry>& entries);
// The bytes of such an archive.
std::string archive_bytes(ArchiveFormat format, const std::vector<TestEntry>& entries);

}  // namespace a67
