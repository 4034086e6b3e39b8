#include "tests/fakes/tus.h"

#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"

namespace a67::fakes {
namespace {

FakeAnswer with(int status, Headers headers = {}) {
  headers.emplace_back("Tus-Resumable", "1.0.0");
  return {.status = status, .json = {}, .text = {}, .headers = std::move(headers)};
}

std::string plain(std::string text) {
  text.erase(std::min(text.find('='), text.size()));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  const auto bytes = base64url_decode(text);
  return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

FakeAnswer FakeTus::refusal(int status, const char* text) {
  FakeAnswer answer = with(status);
  answer.text = text;
  return answer;
}

std::map<std::string, std::string> FakeTus::metadata_of(const FakeRequest& request) {
  const std::string text = request.header("upload-metadata");
  std::map<std::string, std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(',', at), text.size());
    const std::string pair = text.substr(at, end - at);
    const auto space = std::min(pair.find(' '), pair.size() - 1);
    found[pair.substr(0, space)] = plain(pair.substr(space + 1));
    at = end + 1;
  }
  return found;
}

FakeAnswer FakeTus::create(const FakeRequest& request, const std::string& id) {
  if (request.header("tus-resumable") != "1.0.0") return refusal(412, "Tus-Resumable Required");
  if (!is_number(request.header("upload-length"))) return refusal(400, "Upload-Length required");
  if (!request.body.empty()) return refusal(400, "this fake takes no bytes with a creation");
  uploads_[id] = {.metadata = metadata_of(request),
                  .bytes = {},
                  .length = std::stoul(request.header("upload-length"))};
  return with(201, {{"Location", "https://" + request.own_host + path_ + "/" + id}});
}

FakeAnswer FakeTus::handle(const FakeRequest& request, const OnDone& on_done) {
  if (request.header("tus-resumable") != "1.0.0") return refusal(412, "Tus-Resumable Required");
  const auto found = uploads_.find(request.parts[0]);
  if (found == uploads_.end()) return refusal(404, "The file for this url was not found");
  if (request.method == "HEAD") {
    return with(200, {{"Upload-Offset", std::to_string(found->second.bytes.size())},
                      {"Upload-Length", std::to_string(found->second.length)},
                      {"Cache-Control", "no-store"}});
  }
  if (request.method == "DELETE") {
    uploads_.erase(found);
    return with(204);
  }
  FakeAnswer answer = take(request, found->second, on_done);
  // A server may forget what is done: this one every second.
  if (answer.status == 204 && found->second.bytes.size() == found->second.length &&
      done_++ % 2 == 1) {
    uploads_.erase(found);
  }
  return answer;
}

FakeAnswer FakeTus::take(const FakeRequest& request, Upload& upload, const OnDone& on_done) {
  if (request.header("content-type") != "application/offset+octet-stream")
    return refusal(415, "Content-Type");
  if (request.header("upload-offset") != std::to_string(upload.bytes.size()))
    return refusal(409, "Upload-Offset conflict");
  const std::size_t after = upload.bytes.size() + request.body.size();
  if (after > upload.length) return refusal(413, "Maximum size exceeded");
  if (!request.cut && after != upload.length && request.body.size() != kChunkBytes)
    return refusal(400, "all chunks but the last have 6 MiB");
  upload.bytes += request.body;
  if (after == upload.length) on_done(upload);
  return with(204, {{"Upload-Offset", std::to_string(after)}});
}

}  // namespace a67::fakes
