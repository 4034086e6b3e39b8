// Finds out what the argument of `deploy` and `plan` names (a folder, an archive or a Git URL),
// brings it into the blob folder, and describes it as the contract's Source.
#pragma once

#include <string>
#include <string_view>

#include "cli/folder_packer.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/native/blobs.h"

namespace a67::cli {

struct SourceOptions {
  bool all_files = false;  // pack node_modules and the like too
  PackProgress progress = [](std::int64_t, std::int64_t) {};
};

// `https://host/repo.git#ref`, `git@host:owner/repo`, ... : not a path.
bool is_git_url(std::string_view text);

// Errors: kInvalidInput, kNotFound, kTooLarge, kBadArchive, kStoreFailed.
Result<Json> make_source(const std::string& text, const native::BlobFiles& blobs,
                         const SourceOptions& options);

}  // namespace a67::cli
