#include "engine/native/host.h"

#include <boost/asio/post.hpp>
#include <cstdlib>
#include <utility>

#include "engine/api/vault_gate.h"
#include "engine/base/encoding.h"
#include "engine/native/entropy.h"
#include "engine/native/http_call.h"
#include "engine/native/keyring_effects.h"
#include "engine/native/stream_call.h"

namespace a67::native {

namespace asio = boost::asio;
using std::chrono::duration_cast;

static_assert(kFirstWorkspace == VaultGate::kWorkspace);

namespace {

std::int64_t unix_ms() {
  return duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::int64_t steady_ms() {
  return duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

HttpRequest read_request(const Json& body) {
  HttpRequest request{.method = string_or(body, "method", "GET"),
                      .url = string_or(body, "url"),
                      .body = string_or(body, "body"),
                      .blob = string_or(body, "blob")};
  if (const std::string text = string_or(body, "bytes"); !text.empty()) {
    const auto bytes = base64url_decode(text);
    if (bytes) request.body.assign(bytes->begin(), bytes->end());
  }
  if (const Json& part = object_at(body, "blobPart"); !part.empty()) {
    request.blob_part = {.from = static_cast<std::uint64_t>(int_or(part, "from")),
                         .bytes = static_cast<std::uint64_t>(int_or(part, "bytes")),
                         .of = static_cast<std::uint64_t>(int_or(part, "of"))};
  }
  request.answer_is_bytes = bool_or(body, "answerBytes");
  request.timeout = Duration(int_or(body, "timeoutMs", request.timeout.count()));
  request.bytes_max = static_cast<std::size_t>(
      int_or(body, "maxBytes", static_cast<std::int64_t>(request.bytes_max)));
  for (const Json& header : array_at(body, "headers")) {
    request.headers.emplace_back(header.at(0).get<std::string>(), header.at(1).get<std::string>());
  }
  return request;
}

}  // namespace

NativeHost::NativeHost(asio::io_context& context, const DataDir& dir, Sink sink, LogSink log)
    : context_(context),
      store_(dir.store()),
      table_(dir.table()),
      blobs_(dir.blobs()),
      sink_(std::move(sink)),
      log_(std::move(log)),
      workspace_(dir.workspace),
      started_(std::chrono::steady_clock::now()),
      wake_(context),
      clock_check_(context),
      wall_offset_ms_(unix_ms() - steady_ms()) {}

NativeHost::~NativeHost() {
  *alive_ = false;
  for (const auto& [id, call] : http_calls_) call->cancel();
  for (const auto& [id, call] : stream_calls_) call->cancel();
}

void NativeHost::start() {
  push({{"kind", "start"},
        {"seed", make_seed()},
        {"unixMs", unix_ms()},
        {"host", "cli"},
        {"vault", true},
        {"workspace", workspace_}});
  watch_clock();
}

void NativeHost::push(const Json& message) {
  engine_.push(dump_json(message));
  request_pump();
}

// Answers that come in one turn of the loop are pumped together; and nobody who pushes is called
// back from within.
void NativeHost::request_pump() {
  if (std::exchange(pump_requested_, true)) return;
  asio::post(context_, [this, alive = alive_] {
    if (*alive) pump();
  });
}

void NativeHost::pump() {
  pump_requested_ = false;
  const Json messages = Json::parse(engine_.drain(now()));
  for (const Json& message : messages) dispatch(message);
  schedule();
}

void NativeHost::schedule() {
  const auto wake = engine_.next_wake();
  if (!wake) {
    wake_.cancel();
    return;
  }
  wake_.expires_at(started_ + wake->time_since_epoch());
  wake_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (!error && *alive) pump();
  });
}

void NativeHost::watch_clock() {
  clock_check_.expires_after(kClockCheckEvery);
  clock_check_.async_wait([this, alive = alive_](const boost::system::error_code& error) {
    if (error || !*alive) return;
    const std::int64_t offset = unix_ms() - steady_ms();
    if (std::abs(offset - wall_offset_ms_) > kClockJumpMin.count()) {
      wall_offset_ms_ = offset;
      push({{"kind", "clock"}, {"unixMs", unix_ms()}});
    }
    watch_clock();
  });
}

Instant NativeHost::now() const {
  return Instant(duration_cast<Duration>(std::chrono::steady_clock::now() - started_));
}

void NativeHost::dispatch(const Json& message) {
  const std::string kind = string_or(message, "kind");
  if (kind == "effect") {
    perform(int_or(message, "id"), string_or(message, "name"), object_at(message, "body"));
  } else if (kind == "effect.cancel") {
    cancel(int_or(message, "id"));
  } else {
    sink_(message);
  }
}

void NativeHost::perform(std::int64_t id, const std::string& name, const Json& body) {
  if (name == "http.send") {
    perform_http(id, body);
  } else if (name == "stream.open") {
    perform_stream(id, body);
  } else if (name == "store.load") {
    const auto value = store_.load(string_or(body, "key"));
    if (!value) return answer(id, std::unexpected(value.error()));
    answer(id, Json{{"value", *value ? Json(**value) : Json()}});
  } else if (name == "store.save") {
    const auto saved = store_.save(string_or(body, "key"), string_or(body, "value"));
    answer(id, saved ? Result<Json>(Json::object()) : std::unexpected(saved.error()));
  } else if (name.starts_with("table.")) {
    answer(id, table_.perform(name, body));
  } else if (name == "blob.drop") {
    const auto dropped = blobs_.drop(string_or(body, "blob"));
    answer(id, dropped ? Result<Json>(Json::object()) : std::unexpected(dropped.error()));
  } else if (name.starts_with("key.")) {
    answer(id, perform_key_effect(keys_, name, body));
  } else if (name == "log") {
    log_(string_or(body, "level"), string_or(body, "message"));
  } else {
    answer(id, fail(ErrorCode::kInternal, "This host has no effect " + name + "."));
  }
}

void NativeHost::perform_http(std::int64_t id, const Json& body) {
  HttpRequest request = read_request(body);
  std::string blob_path;
  if (!request.blob.empty()) {
    auto path = blobs_.path_of(request.blob);
    if (!path) return answer(id, std::unexpected(path.error()));
    blob_path = std::move(*path);
  }
  auto call = std::make_shared<HttpCall>(
      context_, std::move(request), std::move(blob_path),
      [this, id](Json chunk) { push({{"kind", "chunk"}, {"id", id}, {"body", std::move(chunk)}}); },
      [this, id](const Result<Json>& end) {
        http_calls_.erase(id);
        answer(id, end);
      });
  http_calls_.emplace(id, call);
  call->start();
}

void NativeHost::perform_stream(std::int64_t id, const Json& body) {
  auto call = std::make_shared<StreamCall>(
      context_, StreamRequest{.url = string_or(body, "url"), .first = string_or(body, "first")},
      [this, id](Json chunk) { push({{"kind", "chunk"}, {"id", id}, {"body", std::move(chunk)}}); },
      [this, id](const Result<Json>& end) {
        stream_calls_.erase(id);
        answer(id, end);
      });
  stream_calls_.emplace(id, call);
  call->start();
}

void NativeHost::answer(std::int64_t id, const Result<Json>& end) {
  if (end) {
    push({{"kind", "result"}, {"id", id}, {"body", *end}});
  } else {
    push({{"kind", "error"}, {"id", id}, {"error", to_json_error(end.error())}});
  }
}

void NativeHost::cancel(std::int64_t id) {
  if (const auto http = http_calls_.extract(id)) http.mapped()->cancel();
  if (const auto stream = stream_calls_.extract(id)) stream.mapped()->cancel();
}

}  // namespace a67::native
