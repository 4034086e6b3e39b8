// The built page, in memory: the files of a folder and, beside each, the compressed ones the build
// left (`x.js.br`, `x.js.gz`). A request is a look-up in a table, so no path can lead out of it.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67 {

inline constexpr std::size_t kPageFilesMax = 5'000;
inline constexpr std::size_t kPageBytesMax = std::size_t{128} << 20;  // of all together

struct PageFile {
  std::string bytes;
  std::string etag;  // strong, quoted (RFC 9110, 8.8.3)
};

class PageFiles {
 public:
  // Regular files only: links lead out of the folder. kNotFound when there is no index.html,
  // kTooLarge beyond the limits, else what the system says.
  static Result<PageFiles> load(const std::string& folder);

  // "/assets/x.js"; null when there is none.
  [[nodiscard]] const PageFile* find(std::string_view path) const;
  [[nodiscard]] std::size_t count() const { return files_.size(); }

 private:
  std::map<std::string, PageFile, std::less<>> files_;
};

}  // namespace a67
