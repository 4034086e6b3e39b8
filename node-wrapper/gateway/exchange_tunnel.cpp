// Upgraded connections (WebSocket): bytes both ways until both sides are done. See exchange.h.
#include <array>
#include <utility>

#include "node-wrapper/gateway/exchange.h"
#include "node-wrapper/gateway/session.h"

namespace a67::gateway {

Task<Exchange::Attempt> Exchange::tunnel() {
  out_.clear();
  append_upgrade_head(out_, response_);
  from_upstream_.consume(response_.bytes());
  const std::array<std::string_view, 2> pieces = {out_, from_upstream_.text()};
  const IoResult written =
      co_await session_->client().write(pieces, core_.options.body_idle_timeout);
  if (!written.ok()) co_return Attempt{.verdict = Verdict::kClientGone};
  from_upstream_.clear();
  last_activity_ = core_.loop.now();
  // Either side that breaks ends the other; a side that is done only ends its own direction.
  upstream_->link(&session_->client());
  uploader_.start(pump_to_upstream());
  co_await pump(upstream_.get(), &session_->client(), &from_upstream_);
  co_await uploader_.join();
  from_upstream_.clear();
  upstream_->link(nullptr);
  co_return Attempt{.verdict = Verdict::kServed, .failure = {}, .keep_alive = false};
}

Task<void> Exchange::pump_to_upstream() {
  // A client may speak the new protocol before it sees the 101.
  Window& input = session_->input();
  const IoResult written = co_await upstream_->write(input.text(), core_.options.body_idle_timeout);
  input.clear();
  if (!written.ok()) {
    session_->client().cancel();
    co_return;
  }
  co_await pump(&session_->client(), upstream_.get(), &upload_buffer_);
}

Task<void> Exchange::pump(Stream* from, Stream* to, Window* window) {
  const Duration idle = core_.options.tunnel_idle_timeout;
  while (true) {
    window->clear();
    const IoResult got =
        co_await from->read_some(window->free_space(), window->room(), last_activity_ + idle);
    if (got.error == IoError::kTimeout && core_.loop.now() < last_activity_ + idle) {
      continue;  // the other direction was busy meanwhile
    }
    if (got.error == IoError::kEof) {
      to->shutdown_write();
      co_return;
    }
    if (got.ok()) {
      last_activity_ = core_.loop.now();
      window->added(got.bytes);
      const IoResult written = co_await to->write(window->text(), idle);
      window->clear();
      if (written.ok()) continue;
    }
    from->cancel();
    to->cancel();
    co_return;
  }
}

}  // namespace a67::gateway
