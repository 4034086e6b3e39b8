// Reads what an archive holds, without unpacking it to disk: format, paths, sizes and the texts
// detection needs.
#pragma once

#include <string>
#include <string_view>

#include "cli/listing.h"

namespace a67::cli {

// tar.gz or zip, by its first bytes: names lie. Error: kBadArchive.
Result<std::string_view> archive_format(const std::string& path);

// Errors: kBadArchive (broken, empty, unpacks to too much), kTooLarge.
Result<Listing> list_archive(const std::string& path, std::string_view format);

}  // namespace a67::cli
