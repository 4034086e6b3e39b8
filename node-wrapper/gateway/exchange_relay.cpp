// Bodies on their way: the request's up, the answer's down. See exchange.h.
#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "node-wrapper/gateway/exchange.h"
#include "node-wrapper/gateway/session.h"

namespace a67::gateway {
namespace {

// What is subtracted from the other side's promise to keep a connection: the way there and back.
constexpr Duration kKeepAliveMargin{1'000};

}  // namespace

Task<void> Exchange::upload() {
  while (!request_body_.done() && co_await upload_some()) {
  }
  if (!request_body_.done()) {
    // Whoever waits for the answer must not wait longer. After a failed write it may: an early
    // answer can be there.
    if (!upload_broken_) upstream_->cancel();
    co_return;
  }
  sent_us_ = core_.loop.now_us();
  upstream_->set_read_deadline(core_.loop.now() + core_.options.response_head_timeout);
}

Task<bool> Exchange::upload_some() {
  Stream& client = session_->client();
  upload_buffer_.clear();
  const IoResult got = co_await client.read_some(
      upload_buffer_.free_space(), request_body_.wanted(upload_buffer_.room()),
      core_.loop.now() + core_.options.body_idle_timeout);
  if (!got.ok()) {
    if (got.error == IoError::kTimeout) {
      reject_ = {.status = 408, .reason = "its body stopped arriving"};
    } else {
      client_failed_ = true;
    }
    co_return false;
  }
  body_consumed_ = true;
  upload_buffer_.added(got.bytes);
  const std::span<char> bytes = upload_buffer_.bytes();
  const BodyStep step = request_body_.feed(bytes);
  upload_buffer_.consume(step.consumed);
  reject_ = step.reject.status != 0 ? step.reject : too_large(request_body_.payload_bytes());
  if (reject_.status != 0) co_return false;
  const BodyFrame frame({bytes.data(), step.payload}, request.chunked, step.done,
                        request_body_.trailers());
  const IoResult written =
      co_await upstream_->write(frame.parts(), core_.options.body_idle_timeout);
  if (!written.ok()) {
    upload_broken_ = true;
    upstream_->set_read_deadline(core_.loop.now() + core_.options.response_head_timeout);
  }
  co_return written.ok();
}

Task<bool> Exchange::forward_interim() {
  bool good = true;
  if (request.version_minor == 1) {
    out_.clear();
    append_interim_head(out_, response_);
    good = (co_await session_->client().write(out_, core_.options.body_idle_timeout)).ok();
  }
  from_upstream_.consume(response_.bytes());
  from_upstream_.compact();
  response_.reset();
  co_return good;
}

Task<Exchange::Attempt> Exchange::relay_response() {
  if (response_.status == 101) co_return co_await tunnel();
  const auto framing = choose_framing(response_, request.method, request.version_minor);
  if (framing == ResponseFraming::kNone) {
    response_body_.start_none();
  } else if (response_.chunked) {
    response_body_.start_chunked();
  } else if (response_.content_length) {
    response_body_.start_length(*response_.content_length);
  } else {
    response_body_.start_until_close();
  }
  const bool keep = can_keep_alive() && framing != ResponseFraming::kUntilClose;
  const auto promised = keep_alive_seconds(response_);
  kept_for_ = promised ? std::optional<Duration>(std::chrono::seconds(*promised) - kKeepAliveMargin)
                       : std::nullopt;
  out_.clear();
  append_response_head(out_, response_, framing,
                       {.method = request.method,
                        .client_version_minor = request.version_minor,
                        .keep_alive = keep,
                        .location_prefix = prefix_,
                        .load = from_mesh_ ? core_.own_load_text() : std::string_view{}});

  from_upstream_.consume(response_.bytes());
  const std::span<char> bytes = from_upstream_.bytes();
  BodyStep step;
  if (!response_body_.done()) step = response_body_.feed(bytes);
  from_upstream_.consume(step.consumed);
  if (step.reject.status != 0) co_return Attempt{.failure = {.reason = "sent a malformed answer"}};

  const bool small = response_body_.kind() == BodyReader::Kind::kLength &&
                     *response_.content_length <= core_.options.held_response_bytes_max;
  std::string_view payload(bytes.data(), step.payload);
  if (!response_body_.done() && small && is_safe(request.method)) {
    held_.assign(payload);
    if (!co_await hold_response()) {
      co_return Attempt{.failure = {.reason = "broke off in the middle of its answer"}};
    }
    payload = held_;
  }
  const bool chunked = framing == ResponseFraming::kChunked;
  if (!co_await send_to_client(payload, chunked)) {
    co_return Attempt{.verdict = Verdict::kClientGone};
  }
  const Verdict verdict = co_await stream_response(chunked);
  co_return Attempt{.verdict = verdict, .failure = {}, .keep_alive = keep};
}

Task<bool> Exchange::hold_response() {
  while (!response_body_.done()) {
    const IoResult got = co_await read_upstream();
    if (!got.ok()) co_return false;
    const std::span<char> bytes = from_upstream_.bytes();
    const BodyStep step = response_body_.feed(bytes);
    held_.append(bytes.data(), step.payload);
    from_upstream_.consume(step.consumed);
  }
  co_return true;
}

Task<Exchange::Verdict> Exchange::stream_response(bool chunked) {
  while (!response_body_.done()) {
    const IoResult got = co_await read_upstream();
    std::string_view payload;
    if (got.ok()) {
      const std::span<char> bytes = from_upstream_.bytes();
      const BodyStep step = response_body_.feed(bytes);
      if (step.reject.status != 0) co_return Verdict::kBroken;
      from_upstream_.consume(step.consumed);
      payload = {bytes.data(), step.payload};
    } else if (got.error == IoError::kCancelled) {
      co_return Verdict::kClientGone;
    } else if (got.error != IoError::kEof || !response_body_.on_eof()) {
      co_return Verdict::kBroken;
    }
    out_.clear();
    if (!co_await send_to_client(payload, chunked)) co_return Verdict::kClientGone;
  }
  co_return Verdict::kServed;
}

// Writes the head in out_ (or nothing) and a part of the body.
Task<bool> Exchange::send_to_client(std::string_view payload, bool chunked) {
  const BodyFrame frame(payload, chunked, response_body_.done(), response_body_.trailers());
  std::array<std::string_view, 8> pieces = {out_};
  std::ranges::copy(frame.parts(), pieces.begin() + 1);
  const IoResult written = co_await session_->client().write(
      {pieces.data(), frame.parts().size() + 1}, core_.options.body_idle_timeout);
  co_return written.ok();
}

Task<IoResult> Exchange::read_upstream() {
  from_upstream_.clear();
  const IoResult got = co_await upstream_->read_some(
      from_upstream_.free_space(), response_body_.wanted(from_upstream_.room()),
      core_.loop.now() + core_.options.body_idle_timeout);
  if (got.ok()) from_upstream_.added(got.bytes);
  co_return got;
}

}  // namespace a67::gateway
