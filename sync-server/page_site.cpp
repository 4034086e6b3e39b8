#include "sync-server/page_site.h"

#include <array>
#include <string>

#include "engine/base/http_fields.h"
#include "engine/base/media_type.h"

namespace a67 {
namespace {

struct PageHeader {
  std::string_view path;  // with a star at its end: everything below
  std::string_view name;
  std::string_view value;
};

// Of netlify.toml, the one source of them.
constexpr auto kPageHeaders = std::to_array<PageHeader>({
#include "sync-server/generated/page_headers.inc"
});

struct Coding {
  std::string_view name;
  std::string_view ending;
};
// The best first.
constexpr std::array<Coding, 2> kCodings = {{{"br", ".br"}, {"gzip", ".gz"}}};

constexpr std::string_view kAskEachTime = "public, max-age=0, must-revalidate";

bool holds_for(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) return pattern == path;
  pattern.remove_suffix(1);
  return path.starts_with(pattern);
}

// An open page of an older build must not get a page where it asks for a script.
constexpr std::string_view kAssets = "/assets/";

ControlAnswer plain(int status, std::string text) {
  return {.status = status, .type = "text/plain; charset=utf-8", .body = std::move(text)};
}

}  // namespace

ControlAnswer PageSite::answer(const ControlHead& head) const {
  if (head.method != "GET" && head.method != "HEAD") {
    ControlAnswer refused = plain(405, "Only GET and HEAD.\n");
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  std::string path = head.path;
  const PageFile* file = path.ends_with('/') ? nullptr : files_.find(path);
  if (file == nullptr) {
    // What is missing now may be there after the next start: this answer is not kept.
    if (path.starts_with(kAssets)) return plain(404, "Not found\n");
    path = "/index.html";
    file = files_.find(path);
  }
  ControlAnswer answer{.status = 200, .type = std::string(media_type_of(path))};
  answer.headers = {{"Cache-Control", std::string(kAskEachTime)}, {"Vary", "Accept-Encoding"}};
  for (const Coding& coding : kCodings) {
    const PageFile* smaller = files_.find(path + std::string(coding.ending));
    if (smaller == nullptr || !accepts_encoding(head.accept_encoding, coding.name)) continue;
    file = smaller;
    answer.headers.emplace_back("Content-Encoding", coding.name);
    break;
  }
  answer.headers.emplace_back("ETag", file->etag);
  for (const PageHeader& one : kPageHeaders) {
    if (holds_for(one.path, head.path)) answer.headers.emplace_back(one.name, one.value);
  }
  if (has_etag(head.if_none_match, file->etag)) {
    answer.status = 304;
  } else {
    answer.body = file->bytes;
  }
  return answer;
}

}  // namespace a67
