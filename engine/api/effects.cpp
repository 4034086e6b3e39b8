#include "engine/api/effects.h"

#include <utility>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

Json write_headers(const Headers& headers) {
  Json list = Json::array();
  for (const auto& [name, value] : headers) list.push_back(Json::array({name, value}));
  return list;
}

// Binary values travel as base64url. Nothing when it is none.
std::optional<std::string> read_bytes(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto bytes = base64url_decode(value.get_ref<const std::string&>());
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

HttpResponse read_response(const Json& body) {
  HttpResponse response{.status = static_cast<int>(int_or(body, "status")),
                        .body = string_or(body, "body")};
  if (body.contains("bytes")) response.body = read_bytes(body["bytes"]).value_or("");
  for (const Json& header : array_at(body, "headers")) {
    if (header.is_array() && header.size() == 2 && header[0].is_string() && header[1].is_string()) {
      response.headers.emplace_back(header[0].get<std::string>(), header[1].get<std::string>());
    }
  }
  return response;
}

// Never taken for "nothing is stored": that would end in overwriting what is.
Error odd_answer(std::string_view effect) {
  return {.code = ErrorCode::kStoreFailed,
          .message = "The host's answer to " + std::string(effect) + " cannot be read.",
          .hint = "Nothing was overwritten. Reload the page, or start the program again."};
}

class EffectStream final : public Stream {
 public:
  EffectStream(EffectBus& bus, const StreamRequest& request)
      : call_(bus, "stream.open", {{"url", request.url}, {"first", request.first}}) {}

  Task<Result<std::string>> next() override {
    for (;;) {
      EffectBus::Call::Item item = co_await call_.next();
      if (!item.end) {
        if (item.chunk.contains("text")) co_return string_or(item.chunk, "text");
        continue;  // {"open": true}
      }
      if (!*item.end) co_return std::unexpected(item.end->error());
      co_return fail(ErrorCode::kUnreachable, "The other side closed the connection.");
    }
  }

 private:
  EffectBus::Call call_;
};

}  // namespace

EffectBus::EffectBus(Executor& executor, Emit emit) : executor_(executor), emit_(std::move(emit)) {}
EffectBus::~EffectBus() = default;

EffectBus::Call::Call(EffectBus& bus, std::string_view name, Json body)
    : bus_(bus), id_(bus.next_id_++), arrived_(bus.executor_) {
  bus_.calls_.emplace(id_, this);
  bus_.emit_({{"kind", "effect"}, {"id", id_}, {"name", name}, {"body", std::move(body)}});
}

EffectBus::Call::~Call() {
  bus_.calls_.erase(id_);
  if (!end_) bus_.emit_({{"kind", "effect.cancel"}, {"id", id_}});
}

Task<EffectBus::Call::Item> EffectBus::Call::next() {
  while (chunks_.empty() && !end_) co_await arrived_.wait();
  if (chunks_.empty()) co_return Item{.chunk = {}, .end = end_};
  Item item{.chunk = std::move(chunks_.front()), .end = std::nullopt};
  chunks_.pop_front();
  co_return item;
}

Task<Result<Json>> EffectBus::Call::end() {
  for (;;) {
    Item item = co_await next();
    if (item.end) co_return std::move(*item.end);
  }
}

void EffectBus::on_chunk(std::int64_t id, Json body) {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second->end_) return;
  Call& call = *found->second;
  if (call.chunks_.size() >= Call::kWaitingMax) {
    call.end_ = fail(ErrorCode::kTooLarge, "Too many messages were waiting to be read.");
    emit_({{"kind", "effect.cancel"}, {"id", id}});
  } else {
    call.chunks_.push_back(std::move(body));
  }
  call.arrived_.notify_all();
}

void EffectBus::on_result(std::int64_t id, Json body) {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second->end_) return;
  found->second->end_ = std::move(body);
  found->second->arrived_.notify_all();
}

void EffectBus::on_error(std::int64_t id, Error error) {
  const auto found = calls_.find(id);
  if (found == calls_.end() || found->second->end_) return;
  found->second->end_ = std::unexpected(std::move(error));
  found->second->arrived_.notify_all();
}

Task<Result<HttpResponse>> EffectBus::send(HttpRequest request, UploadProgress progress) {
  Json body = {{"method", request.method},
               {"url", request.url},
               {"headers", write_headers(request.headers)},
               {"timeoutMs", request.timeout.count()},
               {"maxBytes", request.bytes_max}};
  if (!request.blob.empty()) {
    body["blob"] = request.blob;
    if (const BlobPart& part = request.blob_part; part.of > 0) {
      body["blobPart"] = {{"from", part.from}, {"bytes", part.bytes}, {"of", part.of}};
    }
  } else if (request.body_is_bytes) {
    body["bytes"] = base64url_encode(as_bytes(request.body));
  } else if (!request.body.empty()) {
    body["body"] = request.body;
  }
  if (request.answer_is_bytes) body["answerBytes"] = true;
  Call call(*this, "http.send", std::move(body));
  for (;;) {
    Call::Item item = co_await call.next();
    if (item.end) {
      if (!*item.end) co_return std::unexpected(item.end->error());
      co_return read_response(**item.end);
    }
    if (progress) {
      progress(static_cast<std::uint64_t>(int_or(item.chunk, "sent")),
               static_cast<std::uint64_t>(int_or(item.chunk, "total")));
    }
  }
}

std::unique_ptr<Stream> EffectBus::open(StreamRequest request) {
  return std::make_unique<EffectStream>(*this, request);
}

Task<Result<std::optional<std::string>>> EffectBus::load(std::string key) {
  Call call(*this, "store.load", {{"key", key}});
  auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  const auto value = answer->find("value");
  if (value == answer->end() || !value->is_string()) co_return std::nullopt;
  co_return value->get<std::string>();
}

Task<Result<void>> EffectBus::save(std::string key, std::string value, Secrecy secrecy) {
  Call call(*this, "store.save",
            {{"key", key}, {"value", value}, {"secret", secrecy == Secrecy::kSecret}});
  auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  co_return Result<void>{};
}

Task<Result<std::optional<std::string>>> EffectBus::get(std::string key) {
  Call call(*this, "table.get", {{"key", key}});
  auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  const auto value = answer->find("value");
  if (value != answer->end() && value->is_null()) co_return std::nullopt;
  auto bytes = value == answer->end() ? std::nullopt : read_bytes(*value);
  if (!bytes) co_return std::unexpected(odd_answer("table.get"));
  co_return std::move(*bytes);
}

Task<Result<TablePage>> EffectBus::scan(std::string prefix, std::string after, std::size_t limit) {
  Call call(*this, "table.scan", {{"prefix", prefix}, {"after", after}, {"limit", limit}});
  auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  TablePage page{.rows = {}, .more = bool_or(*answer, "more")};
  for (const Json& row : array_at(*answer, "rows")) {
    auto bytes =
        row.is_array() && row.size() == 2 && row[0].is_string() ? read_bytes(row[1]) : std::nullopt;
    if (!bytes) co_return std::unexpected(odd_answer("table.scan"));
    page.rows.push_back({row[0].get<std::string>(), std::move(*bytes)});
  }
  co_return page;
}

Task<Result<void>> EffectBus::apply(TableBatch batch) {
  Json put = Json::array();
  for (const auto& [key, value] : batch.put) {
    put.push_back(Json::array({key, base64url_encode(as_bytes(value))}));
  }
  Call call(*this, "table.apply", {{"put", std::move(put)}, {"delete", std::move(batch.erase)}});
  auto answer = co_await call.end();
  if (!answer) co_return std::unexpected(answer.error());
  co_return Result<void>{};
}

void EffectBus::drop(std::string blob) {
  emit_(
      {{"kind", "effect"}, {"id", next_id_++}, {"name", "blob.drop"}, {"body", {{"blob", blob}}}});
}

void EffectBus::write(LogLevel level, std::string message) {
  const char* name = level == LogLevel::kInfo      ? "info"
                     : level == LogLevel::kWarning ? "warning"
                                                   : "error";
  emit_({{"kind", "effect"},
         {"id", next_id_++},
         {"name", "log"},
         {"body", {{"level", name}, {"message", message}}}});
}

}  // namespace a67
