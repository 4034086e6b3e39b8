// Answer heads as an app sends them: fed whole and in pieces the verdict must be the same, and what
// goes to the client must be a head our own parser accepts, without a word of the mesh.
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

Progress feed_in_pieces(ResponseHead& head, std::string_view bytes, std::size_t piece) {
  head.reset();
  Progress progress = Progress::kNeedMore;
  for (std::size_t size = 0; size < bytes.size() && progress == Progress::kNeedMore;) {
    size = std::min(size + piece, bytes.size());
    progress = head.feed(bytes.substr(0, size));
  }
  return progress;
}

void check_answer(const ResponseHead& head, Method method, int client_version_minor) {
  const ResponseFraming framing = choose_framing(head, method, client_version_minor);
  std::string out;
  append_response_head(out, head, framing,
                       {.method = method,
                        .client_version_minor = client_version_minor,
                        .keep_alive = framing != ResponseFraming::kUntilClose,
                        .location_prefix = "/@app",
                        .load = {}});
  const auto again = std::make_unique<ResponseHead>();
  again->reset();
  const Progress progress = again->feed(out);
  if (progress == Progress::kRejected) {
    require(again->reject().status == 431);
    return;
  }
  require(progress == Progress::kComplete && again->bytes() == out.size());
  require(again->status == head.status);
  require(again->chunked == (framing == ResponseFraming::kChunked));
  require(framing != ResponseFraming::kLength || again->content_length == head.content_length);
  require(again->find(Known::kMeshLoad).empty() && again->find(Known::kMeshReason).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = std::make_unique<ResponseHead>();
  const auto pieces = std::make_unique<ResponseHead>();
  const Progress progress = feed_in_pieces(*whole, bytes, bytes.size() + 1);
  require(feed_in_pieces(*pieces, bytes, piece) == progress);
  if (progress != Progress::kComplete) return 0;

  require(whole->bytes() == pieces->bytes() && whole->status == pieces->status);
  require(whole->status >= 100 && whole->status <= 999);
  require(!(whole->chunked && whole->content_length));
  (void)keep_alive_seconds(*whole);
  if (whole->status < 200) return 0;
  check_answer(*whole, Method::kGet, 1);
  check_answer(*whole, Method::kGet, 0);
  check_answer(*whole, Method::kHead, 1);
  return 0;
}
