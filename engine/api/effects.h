// EffectBus turns port calls into effect messages and the host's answers back into results.
//
// It is how the engine reaches the world in every host: `http.send`, `stream.open`, `store.load`,
// `store.save`, `table.*`, `key.*`, `blob.drop` and `log` leave as messages
// (docs/first-deployment.md and docs/local-mode.md list them), and `result`, `error` and `chunk`
// messages with the effect's number resume the coroutine that waits.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/executor.h"
#include "engine/base/json.h"
#include "engine/ports/keyring.h"
#include "engine/ports/ports.h"
#include "engine/ports/table.h"

namespace a67 {

class EffectBus final : public Http,
                        public Streams,
                        public Store,
                        public Table,
                        public Blobs,
                        public Log,
                        public Keyring {
 public:
  using Emit = std::function<void(Json)>;
  class Call;

  // REQUIRES: both outlive the bus; the bus outlives every task that waits on it.
  EffectBus(Executor& executor, Emit emit);
  ~EffectBus() override;

  // An answer of the host. Unknown numbers (cancelled meanwhile) are ignored.
  void on_chunk(std::int64_t id, Json body);
  void on_result(std::int64_t id, Json body);
  void on_error(std::int64_t id, Error error);

  using Http::send;
  Task<Result<HttpResponse>> send(HttpRequest request, UploadProgress progress) override;
  std::unique_ptr<Stream> open(StreamRequest request) override;
  Task<Result<std::optional<std::string>>> load(std::string key) override;
  Task<Result<void>> save(std::string key, std::string value, Secrecy secrecy) override;
  Task<Result<std::optional<std::string>>> get(std::string key) override;
  Task<Result<TablePage>> scan(std::string prefix, std::string after, std::size_t limit) override;
  Task<Result<void>> apply(TableBatch batch) override;
  void drop(std::string blob) override;
  void write(LogLevel level, std::string message) override;

  Task<Result<DerivedMethod>> derive(SecretRef secret, MethodKind kind, std::string salt,
                                     std::optional<Argon2Params> argon2) override;
  Task<Result<MadeKey>> make(std::vector<WrapFor> recipients) override;
  Task<Result<std::vector<std::string>>> rewrap(MethodRef method, std::string wrap, std::string ad,
                                                std::vector<WrapFor> recipients) override;
  Task<Result<KeyRef>> open(MethodRef method, std::string wrap, std::string ad) override;
  Task<Result<std::string>> pin(MethodRef method, std::string bytes) override;
  Task<Result<KeyRef>> subkey(KeyRef key, std::string salt, std::string info, KeyUse use) override;
  Task<Result<std::vector<std::string>>> seal(KeyRef key, std::vector<PlainItem> items) override;
  Task<Result<std::vector<OpenedItem>>> open_sealed(KeyRef key,
                                                    std::vector<SealedItem> items) override;
  Task<Result<std::string>> mac(KeyRef key, std::string bytes) override;
  void forget(std::vector<std::int64_t> numbers) override;
  void forget_all() override;

 private:
  Executor& executor_;
  Emit emit_;
  std::int64_t next_id_ = 1;
  std::map<std::int64_t, Call*> calls_;
};

// One effect under way. Destroying it before its end tells the host to stop.
class EffectBus::Call {
 public:
  // A part, or (when `end` is set) the last word.
  struct Item {
    Json chunk;
    std::optional<Result<Json>> end;
  };

  Call(EffectBus& bus, std::string_view name, Json body);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

  // REQUIRES: not called again after the end, nor while another next() waits.
  Task<Item> next();
  // Skips the parts.
  Task<Result<Json>> end();

 private:
  friend class EffectBus;
  // More parts than this waiting means nobody reads them: the effect is ended as kTooLarge.
  static constexpr std::size_t kWaitingMax = 10'000;

  EffectBus& bus_;
  std::int64_t id_;
  Notify arrived_;
  std::deque<Json> chunks_;
  std::optional<Result<Json>> end_;
};

}  // namespace a67
