// Chunked bodies: whole and in pieces they decode to the same payload, trailers and end; and what
// we write from the payload decodes to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "node-wrapper/gateway/http_body.h"

using namespace a67::gateway;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct Decoded {
  std::string payload;
  std::string trailers;
  std::size_t consumed = 0;
  bool done = false;
  int status = 0;
};

Decoded decode(std::string bytes, std::size_t piece) {
  ChunkedDecoder decoder;
  decoder.reset();
  Decoded result;
  std::size_t at = 0;
  while (at < bytes.size() && !result.done && result.status == 0) {
    const std::span<char> part(bytes.data() + at, std::min(piece, bytes.size() - at));
    const BodyStep step = decoder.feed(part);
    require(step.payload <= step.consumed && step.consumed <= part.size());
    require(step.done || step.reject.status != 0 || step.consumed == part.size());
    result.payload.append(part.data(), step.payload);
    result.consumed += step.consumed;
    result.done = step.done;
    result.status = step.reject.status;
    at += step.consumed;
  }
  result.trailers = decoder.trailers();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Decoded whole = decode(bytes, bytes.size() + 1);
  const Decoded pieces = decode(bytes, piece);
  require(whole.done == pieces.done && whole.status == pieces.status);
  require(whole.consumed == pieces.consumed);
  if (!whole.done) return 0;
  require(whole.payload == pieces.payload && whole.trailers == pieces.trailers);

  std::string written;
  const BodyFrame frame(whole.payload, /*chunked=*/true, /*last=*/true, whole.trailers);
  for (const std::string_view part : frame.parts()) written += part;
  const Decoded again = decode(written, piece);
  require(again.done && again.consumed == written.size());
  require(again.payload == whole.payload && again.trailers == whole.trailers);
  return 0;
}
