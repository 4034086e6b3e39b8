#include "engine/providers/heroku/source.h"

#include <algorithm>
#include <utility>

namespace a67::heroku {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// %XX, as in a query; what is none stays.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool whole = text[at] == '%' && at + 2 < text.size();
    const int high = whole ? hex_digit(text[at + 1]) : -1;
    const int low = whole ? hex_digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
      out += text[at];
    } else {
      out += static_cast<char>(high * 16 + low);
      at += 2;
    }
  }
  return out;
}

std::string without_git(std::string repo) {
  while (repo.ends_with('/')) repo.pop_back();
  if (repo.ends_with(".git")) repo.erase(repo.size() - 4);
  return repo;
}

}  // namespace

Result<std::string> tarball_of(const Json& source) {
  const std::string kind = string_or(source, "kind");
  if (!string_or(source, "root").empty()) {
    return fail(ErrorCode::kInvalidInput, "Heroku builds the whole of a repository or archive.",
                "Put what is to run at its root.", "source.root");
  }
  if (kind == "git") {
    const std::string repo = without_git(string_or(source, "repo"));
    const std::string branch = percent_encode(string_or(source, "branch", "main"), true);
    if (repo.starts_with("https://github.com/")) return repo + "/archive/" + branch + ".tar.gz";
    if (repo.starts_with("https://gitlab.com/"))
      return repo + "/-/archive/" + branch + "/source.tar.gz";
  }
  if (kind == "archive") {
    std::string url = string_or(source, "url");
    if (url.starts_with("https://") || (url.empty() && !string_or(source, "blob").empty()))
      return url;
  }
  return fail(ErrorCode::kInvalidInput,
              "Heroku builds public repositories of GitHub or GitLab, and gzipped tars.",
              "Images must be in Heroku's own registry: its API takes no others.", "source.kind");
}

Result<ApiRequest> upload_to(const std::string& put_url, const std::string& blob) {
  if (!put_url.starts_with(kSourcesOrigin) || put_url.size() <= kSourcesOrigin.size() ||
      put_url[kSourcesOrigin.size()] != '/') {
    return fail(ErrorCode::kInternal, "Heroku wants files to be sent to a host that is not known.",
                "Give the address of a gzipped tar instead.");
  }
  const std::string rest = put_url.substr(kSourcesOrigin.size());
  const auto mark = std::min(rest.find('?'), rest.size());
  ApiRequest request{.method = "PUT",
                     .host = "sources",
                     .path = rest.substr(0, mark),
                     .blob = blob,
                     .auth = Auth::kNone,
                     .bucket = "upload",
                     .answer = Answer::kText,
                     .timeout = Duration{600'000}};
  // The signature is part of the query: it must not be in the path, which traces show.
  for (std::size_t at = mark + 1; at < rest.size();) {
    const auto end = std::min(rest.find('&', at), rest.size());
    const auto equals = std::min(rest.find('=', at), end);
    request.query.emplace_back(decoded(rest.substr(at, equals - at)),
                               decoded(rest.substr(std::min(equals + 1, end), end - equals - 1)));
    at = end + 1;
  }
  return request;
}

Task<Result<Json>> source_blob(Api* api, Json source) {
  auto url = tarball_of(source);
  if (!url) co_return std::unexpected(url.error());
  if (!url->empty()) co_return Json{{"url", *url}};
  // A second place for the same bytes does no harm.
  auto place = co_await api->call({.method = "POST", .path = "/sources", .repeat = Repeat::kSafe});
  if (!place) co_return std::unexpected(place.error());
  auto request = upload_to(text_at(place->json, "/source_blob/put_url"), string_or(source, "blob"));
  if (!request) co_return std::unexpected(request.error());
  auto sent = co_await api->call(std::move(*request));
  if (!sent) co_return std::unexpected(sent.error());
  co_return Json{{"url", text_at(place->json, "/source_blob/get_url")}};
}

}  // namespace a67::heroku
