#include "node-wrapper/runtime/static_site.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "engine/base/encoding.h"
#include "engine/base/http_fields.h"
#include "engine/base/media_type.h"

namespace a67 {
namespace {

constexpr std::size_t kTargetBytesMax = 4096;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    plain += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return plain;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool to_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

std::string etag_of(const struct stat& facts) {
  return "\"" + std::to_string(facts.st_size) + "-" + std::to_string(facts.st_mtim.tv_sec) + "\"";
}

}  // namespace

std::optional<std::string> site_path(std::string_view target) {
  if (target.size() > kTargetBytesMax || !target.starts_with('/')) return std::nullopt;
  target = target.substr(0, target.find_first_of("?#"));
  const std::optional<std::string> plain = decode(target);
  if (!plain || !is_utf8(*plain) || plain->find('\0') != std::string::npos) return std::nullopt;
  std::string path;
  std::string_view rest = *plain;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // the slash
    const std::size_t end = std::min(rest.find('/'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    if (part.empty()) continue;
    if (part.front() == '.' && part != ".well-known") return std::nullopt;
    if (!path.empty()) path += '/';
    path += part;
  }
  if (plain->ends_with('/') && !path.empty()) path += '/';
  return path;
}

ByteRange parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return {};
  const std::string_view text = trim(header.substr(kUnit.size()));
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) return {};
  const std::string_view from = text.substr(0, dash);
  const std::string_view to = text.substr(dash + 1);
  ByteRange range{.kind = ByteRange::Kind::kPart, .first = 0, .last = size == 0 ? 0 : size - 1};
  if (from.empty()) {  // the last bytes
    std::uint64_t count = 0;
    if (!to_number(to, count)) return {};
    if (count == 0 || size == 0) return {.kind = ByteRange::Kind::kUnsatisfiable};
    range.first = size - std::min(count, size);
    return range;
  }
  std::uint64_t last = range.last;
  if (!to_number(from, range.first) || (!to.empty() && !to_number(to, last))) return {};
  if (!to.empty() && last < range.first) return {};
  if (range.first >= size) return {.kind = ByteRange::Kind::kUnsatisfiable};
  range.last = std::min(range.last, last);
  return range;
}

Result<StaticSite> StaticSite::open(const std::string& root) {
  Fd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open()) return std::unexpected(file_error(errno, "Cannot open " + root));
  return StaticSite(std::move(folder));
}

Fd StaticSite::open_below(const std::string& path) const {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  const long file = ::syscall(SYS_openat2, root_.get(), path.c_str(), &how, sizeof how);
  if (file >= 0) return Fd(static_cast<int>(file));
  if (errno != ENOSYS && errno != EPERM) return {};
  // An old kernel, or a sandbox without this call: step by step, and no links at all.
  Fd at(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
  for (std::size_t from = 0; at.is_open() && from < path.size();) {
    const std::size_t end = std::min(path.find('/', from), path.size());
    const std::string part = path.substr(from, end - from);
    at.reset(::openat(at.get(), part.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    from = end + 1;
  }
  return at;
}

bool StaticSite::is_folder(const std::string& path) const {
  const Fd file = open_below(path.empty() ? "." : path);
  struct stat facts{};
  return file.is_open() && ::fstat(file.get(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

std::optional<StaticSite::Found> StaticSite::find_file(const std::string& path,
                                                       std::string_view accept_encoding) const {
  Found found{.file = open_below(path), .name = path, .encoding = {}, .etag = {}};
  struct stat facts{};
  if (!found.file.is_open() || ::fstat(found.file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return std::nullopt;
  }
  constexpr std::array<std::pair<const char*, const char*>, 2> kEncodings = {
      {{"br", ".br"}, {"gzip", ".gz"}}};
  for (const auto& [encoding, ending] : kEncodings) {
    Fd packed = open_below(path + ending);
    struct stat packed_facts{};
    if (!packed.is_open() || ::fstat(packed.get(), &packed_facts) != 0 ||
        !S_ISREG(packed_facts.st_mode)) {
      continue;
    }
    found.vary = true;
    if (!found.encoding.empty() || !accepts_encoding(accept_encoding, encoding)) continue;
    found.file = std::move(packed);
    found.encoding = encoding;
    facts = packed_facts;
  }
  found.size = static_cast<std::uint64_t>(facts.st_size);
  found.etag = etag_of(facts);
  return found;
}

std::optional<StaticSite::Found> StaticSite::find(const std::string& path,
                                                  std::string_view accept_encoding) const {
  if (path.empty() || path.ends_with('/')) return find_file(path + "index.html", accept_encoding);
  if (std::optional<Found> exact = find_file(path, accept_encoding)) return exact;
  return find_file(path + ".html", accept_encoding);
}

SiteAnswer StaticSite::answer_missing(const SiteRequest& request) const {
  SiteAnswer answer;
  answer.status = 404;
  answer.head_only = request.method == "HEAD";
  answer.headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-cache"}};
  if (std::optional<Found> page = find_file("404.html", "")) {
    answer.file = std::move(page->file);
    answer.length = page->size;
    return answer;
  }
  answer.text = "<!doctype html><title>Not found</title><h1>Not found</h1>\n";
  answer.length = answer.text.size();
  return answer;
}

SiteAnswer StaticSite::answer(const SiteRequest& request) const {
  SiteAnswer answer;
  if (request.method != "GET" && request.method != "HEAD") {
    answer.status = 405;
    answer.headers = {{"Allow", "GET, HEAD"}};
    return answer;
  }
  const std::optional<std::string> path = site_path(request.target);
  if (!path) return answer_missing(request);
  std::optional<Found> found = find(*path, request.accept_encoding);
  if (!found) {
    if (path->empty() || path->ends_with('/') || !is_folder(*path)) return answer_missing(request);
    // Relative: behind a gateway the site may live below a prefix that only the browser sees.
    const std::string_view plain =
        std::string_view(request.target).substr(0, request.target.find_first_of("?#"));
    answer.status = 301;
    answer.headers = {{"Location", std::string(plain.substr(plain.rfind('/') + 1)) + "/"}};
    return answer;
  }
  answer.head_only = request.method == "HEAD";
  answer.headers = {{"ETag", found->etag}, {"Cache-Control", "no-cache"}};
  if (found->vary) answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (has_etag(request.if_none_match, found->etag)) {
    answer.status = 304;
    return answer;
  }
  answer.headers.emplace_back("Content-Type", media_type_of(found->name));
  answer.headers.emplace_back("Accept-Ranges", "bytes");
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (!found->encoding.empty()) answer.headers.emplace_back("Content-Encoding", found->encoding);
  answer.length = found->size;
  const bool fresh = request.if_range.empty() || request.if_range == found->etag;
  const ByteRange range = fresh ? parse_range(request.range, found->size) : ByteRange{};
  const std::string size = std::to_string(found->size);
  if (range.kind == ByteRange::Kind::kUnsatisfiable) {
    answer.status = 416;
    answer.headers.emplace_back("Content-Range", "bytes */" + size);
    answer.length = 0;
    return answer;
  }
  if (range.kind == ByteRange::Kind::kPart) {
    answer.status = 206;
    answer.offset = range.first;
    answer.length = range.last - range.first + 1;
    answer.headers.emplace_back("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                     std::to_string(range.last) + "/" + size);
  }
  answer.file = std::move(found->file);
  return answer;
}

}  // namespace a67
