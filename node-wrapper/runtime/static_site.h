// Decides what a static site answers to a request, and opens the file for it. No socket.
//
// `/` and `/folder/` are their index.html, `/about` is about.html when there is no file `about`,
// and `/folder` sends on to `folder/`. What is not there is 404.html, if the site has one. Names
// that begin with a dot are never served (except
// /.well-known/), and nothing outside the root is, whatever links the site holds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

struct SiteRequest {
  std::string method;
  std::string target;
  std::string accept_encoding;
  std::string if_none_match;
  std::string if_range;
  std::string range;
};

struct SiteAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;  // without Content-Length
  std::string text;                                          // the body, when there is no file
  Fd file;
  std::uint64_t offset = 0;  // of the part of the file to send
  std::uint64_t length = 0;  // of the body, also for HEAD
  bool head_only = false;
};

class StaticSite {
 public:
  static Result<StaticSite> open(const std::string& root);
  [[nodiscard]] SiteAnswer answer(const SiteRequest& request) const;

 private:
  struct Found {
    Fd file;
    std::string name;  // of the original, when `file` is a compressed one
    std::string encoding;
    std::uint64_t size = 0;
    std::string etag;
    bool vary = false;
  };
  explicit StaticSite(Fd root) : root_(std::move(root)) {}
  [[nodiscard]] Fd open_below(const std::string& path) const;
  [[nodiscard]] bool is_folder(const std::string& path) const;
  [[nodiscard]] std::optional<Found> find(const std::string& path,
                                          std::string_view accept_encoding) const;
  [[nodiscard]] std::optional<Found> find_file(const std::string& path,
                                               std::string_view accept_encoding) const;
  [[nodiscard]] SiteAnswer answer_missing(const SiteRequest& request) const;

  Fd root_;
};

// The path of a request's target below the root, decoded and without the first '/'; nothing for
// what must not be served.
std::optional<std::string> site_path(std::string_view target);
// The first and the last byte of a single range of a body of `size` bytes. `kIgnore`: answer as if
// it had not been asked.
struct ByteRange {
  enum class Kind : std::uint8_t { kIgnore, kPart, kUnsatisfiable };
  Kind kind = Kind::kIgnore;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
ByteRange parse_range(std::string_view header, std::uint64_t size);

}  // namespace a67
