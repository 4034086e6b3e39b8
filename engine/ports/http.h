// HTTP as values: a request is built and an answer is parsed by pure code; only a host sends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/base/time.h"

namespace a67 {

using Headers = std::vector<std::pair<std::string, std::string>>;

// A piece of a blob. `of` is how many bytes the whole must have: else nothing is sent and the error
// is kInvalidInput, as a piece of something else would spoil what is put together from pieces.
struct BlobPart {
  std::uint64_t from = 0;
  std::uint64_t bytes = 0;
  std::uint64_t of = 0;  // 0: no piece, the whole blob
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  Headers headers;
  std::string body;
  std::string blob;  // instead of body: the name of bytes that the host keeps, streamed from there
  BlobPart blob_part = {};
  Duration timeout{10'000};
  std::size_t bytes_max = std::size_t{1} << 20;  // of the answer's body
  // Neither need be text then: the host takes and gives them as they are.
  bool body_is_bytes = false;
  bool answer_is_bytes = false;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;
};

// How much of a blob has been sent, in bytes.
using UploadProgress = std::function<void(std::uint64_t sent, std::uint64_t total)>;

class Http {
 public:
  virtual ~Http() = default;
  // Errors: kUnreachable (nothing was sent), kTimeout and kOutcomeUnknown (may have been carried
  // out), kTooLarge (the answer), kOffline. Any status is an answer, not an error.
  virtual Task<Result<HttpResponse>> send(HttpRequest request, UploadProgress progress) = 0;
  Task<Result<HttpResponse>> send(HttpRequest request) {
    return send(std::move(request), UploadProgress{});
  }
};

}  // namespace a67
