// Listing collects what the engine needs to see of a release: every path with its size, and the
// text of the few small files that say how to run it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/deploy/release_files.h"

namespace a67::cli {

// A folder's files together, or an archive as it is.
inline constexpr std::int64_t kSourceBytesMax = std::int64_t{512} << 20;
// What an archive may hold unpacked; far below what a gzip bomb would reach.
inline constexpr std::int64_t kUnpackedBytesMax = std::int64_t{4} << 30;

Error source_too_large(std::string_view what, std::int64_t bytes);

class Listing {
 public:
  static constexpr std::size_t kFilesMax = 100'000;
  static constexpr std::size_t kTextsMax = 20;
  // Read while it is not known yet whether one folder wraps everything.
  static constexpr std::size_t kTextsReadMax = 200;

  explicit Listing(std::string what) : what_(std::move(what)) {}

  // Error: kTooLarge.
  Result<void> add(std::string path, std::int64_t bytes);
  [[nodiscard]] bool wants_text(std::string_view path, std::int64_t bytes) const;
  void add_text(std::string path, std::string text);
  [[nodiscard]] bool empty() const { return files_.empty(); }

  // The contract's Source.files and Source.texts.
  [[nodiscard]] Json files() const;
  [[nodiscard]] Json texts() const;

 private:
  std::string what_;
  std::vector<ReleaseFile> files_;
  std::map<std::string, std::string> texts_;
};

// `./a//b` -> `a/b`: archives spell the same path in several ways.
std::string plain_path(std::string_view path);

}  // namespace a67::cli
