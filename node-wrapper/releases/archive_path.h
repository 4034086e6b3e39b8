// Decides which names of an archive may be unpacked. Pure: it sees names, never a file.
//
// An entry's name becomes a list of plain parts below the root. A symlink's target must be relative
// and may climb
// (`..`) only at its beginning and only as far as the root.
//
// Why `..` only at the beginning: in `sub/link/..` the `..` is taken from where `link` points, not
// from `sub`, so two harmless-looking links together can leave the root. With climbing first, every
// step is from a real folder (the writer never creates anything behind a link), and by induction no
// chain of links can leave.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace a67 {

inline constexpr std::size_t kEntryNameBytesMax = 255;
inline constexpr std::size_t kEntryPathBytesMax = 4000;
inline constexpr std::size_t kEntryDepthMax = 64;

using PathParts = std::vector<std::string>;

// The parts of an entry's name; `.` parts and a final slash are dropped, so the root itself has no
// part. kBadArchive, naming the entry: absolute, `..`, too long, too deep, not UTF-8, control
// characters.
Result<PathParts> check_entry_path(std::string_view name);

// Success when a link at `link` may point to `target`.
Result<void> check_link_target(const PathParts& link, std::string_view target);

// A name as it may be shown: cut and without control characters.
std::string printable_name(std::string_view name);

}  // namespace a67
