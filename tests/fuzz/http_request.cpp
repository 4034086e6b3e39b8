// Request heads as a client sends them: fed whole and in pieces, the verdict and everything read
// must be the same, and a head that is accepted must still be accepted, with the same framing,
// after it was written anew for the next server.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "node-wrapper/gateway/forward_head.h"
#include "node-wrapper/gateway/http_head.h"

using namespace a67::gateway;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

Progress feed_in_pieces(RequestHead& head, std::string_view bytes, std::size_t piece) {
  head.reset();
  Progress progress = Progress::kNeedMore;
  for (std::size_t size = 0; size < bytes.size() && progress == Progress::kNeedMore;) {
    size = std::min(size + piece, bytes.size());
    progress = head.feed(bytes.substr(0, size));
  }
  return progress;
}

void check_forwarded(const RequestHead& head) {
  std::string out;
  append_request_head(out, head,
                      {.target = head.target,
                       .client_address = "127.0.0.1",
                       .request_id = "id",
                       .prefix = {},
                       .from_mesh = false,
                       .hop = std::nullopt});
  const auto again = std::make_unique<RequestHead>();
  again->reset();
  const Progress progress = again->feed(out);
  if (progress == Progress::kRejected) {
    // What we add may take a head that was close to a limit across it; nothing else may happen.
    require(again->reject().status == 431 || again->reject().status == 414);
    return;
  }
  require(progress == Progress::kComplete && again->bytes() == out.size());
  require(again->method_text == head.method_text && again->target == head.target);
  require(again->authority == head.authority);
  require(again->chunked == head.chunked && again->content_length == head.content_length);
  require(again->find(Known::kForwardedFor) == "127.0.0.1");
  require(again->find(Known::kMeshHop).empty() && again->find(Known::kMeshMac).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = std::make_unique<RequestHead>();
  const auto pieces = std::make_unique<RequestHead>();
  const Progress progress = feed_in_pieces(*whole, bytes, bytes.size() + 1);
  require(feed_in_pieces(*pieces, bytes, piece) == progress);
  require(whole->reject().status == pieces->reject().status);
  if (progress != Progress::kComplete) return 0;

  require(whole->bytes() == pieces->bytes() && whole->bytes() <= bytes.size());
  require(whole->headers().size() == pieces->headers().size());
  require(whole->bytes() <= kHeadBytesMax && whole->headers().size() <= kHeadersMax);
  require(!(whole->chunked && whole->content_length));
  require(whole->upgrade.empty() || !whole->has_body());
  check_forwarded(*whole);
  return 0;
}
