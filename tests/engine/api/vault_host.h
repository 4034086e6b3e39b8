// A host with a vault, as small as one can be: the real engine, real keys, and a table in memory
// that can be stopped in the middle.
#pragma once

#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/api/engine.h"
#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/native/keyring_effects.h"

namespace a67 {

class VaultHost {
 public:
  struct End {
    bool ok = false;
    Json body;  // or the error
    [[nodiscard]] std::string code() const { return string_or(body, "code"); }
  };

  // Two hosts with numbers a few apart draw different randomness.
  explicit VaultHost(int number = 0) : starts_(number) { start(); }

  // A page that is opened: another engine, and no key of the one before.
  void start(const std::string& workspace = "main") {
    keys_.forget_all();
    out_.clear();
    stopped_ = false;
    engine_ = std::make_unique<Engine>();
    push({{"kind", "start"},
          {"seed", std::string(64, static_cast<char>('1' + starts_++ % 8))},
          {"unixMs", 1'700'000'000'000 + now_.count()},
          {"host", "browser"},
          {"vault", true},
          {"workspace", workspace},
          {"origin", origin}});
    run();
  }
  // Nothing is performed any more after so many batches; `kept`: the last of them is still stored.
  void stop_after(std::size_t batches, bool kept) {
    batches_left_ = batches;
    last_is_kept_ = kept;
  }
  void go_on() { batches_left_.reset(); }
  [[nodiscard]] bool stopped() const { return stopped_; }
  // From now on every batch ends so; nothing: they are stored again.
  void refuse_with(std::optional<Error> reason) { refusal_ = std::move(reason); }

  // Answers `http.send`; without it nobody answers.
  std::function<Result<Json>(const Json& request)> on_http;
  // What a page says of itself when it starts the engine.
  std::string origin;

  // Called before each batch is performed; may send a command.
  std::function<void()> on_apply;
  // Called after each effect was performed, with its name.
  std::function<void(const std::string&)> on_performed;

  // Without waiting for its end.
  std::int64_t send(const std::string& name, Json body) {
    const std::int64_t id = ++commands_;
    push({{"kind", "command"}, {"id", id}, {"name", name}, {"body", std::move(body)}});
    return id;
  }
  std::optional<End> ask(const std::string& name, Json body) {
    return end_of(send(name, std::move(body)));
  }
  std::optional<End> end_of(std::int64_t id) {
    for (int step = 0; step < 200 && !stopped_; ++step) {
      run();
      for (const Json& message : out_) {
        if (int_or(message, "id") != id) continue;
        if (message["kind"] == "reply") return End{.ok = true, .body = message["body"]};
        if (message["kind"] == "failed") return End{.ok = false, .body = message["error"]};
      }
      now_ += Duration{10};
    }
    return std::nullopt;
  }

  void cancel(std::int64_t id) { push({{"kind", "cancel"}, {"id", id}}); }
  void pass(Duration time) {
    now_ += time;
    run();
  }
  // The same while the page is closed: call start() then.
  void pass_while_closed(Duration time) { now_ += time; }
  [[nodiscard]] std::int64_t unix_now() const { return 1'700'000'000'000 + now_.count(); }

  std::int64_t offer(const std::string& secret) {
    return keys_.offer(Sensitive<std::string>(secret))->number;
  }
  std::optional<End> create(const std::string& passphrase) {
    return ask("vault.create", {{"name", "My cloud"},
                                {"passphrase", offer(passphrase)},
                                {"argon2", kCost},
                                {"recovery", offer(kRecovery)}});
  }
  std::optional<End> unlock(const std::string& passphrase) {
    return ask("vault.unlock", {{"kind", "passphrase"}, {"secret", offer(passphrase)}});
  }
  [[nodiscard]] Json vault() { return ask("vault.status", Json::object())->body["vault"]; }

  [[nodiscard]] const std::vector<Json>& out() const { return out_; }
  void forget_output() { out_.clear(); }
  std::map<std::string, std::string>& table() { return table_; }
  std::map<std::string, std::string>& store() { return store_; }
  // Names of effects, each with the address it went to.
  [[nodiscard]] const std::set<std::string>& performed() const { return performed_; }
  [[nodiscard]] std::size_t secrets_kept() const { return keys_.size(); }

  static inline const Json kCost = {{"memoryKib", 32768}, {"passes", 6}};
  static inline const std::string kRecovery = "sixteen bytes...";

 private:
  static constexpr std::size_t kDrainBytesMax = std::size_t{64} << 20;

  void push(const Json& message) { engine_->push(dump_json(message)); }

  void run() {
    for (bool more = true; more && !stopped_;) {
      more = false;
      auto messages = parse_json(engine_->drain(Instant(now_)), {.bytes_max = kDrainBytesMax});
      if (!messages) std::abort();
      for (Json& message : *messages) {
        if (message["kind"] == "effect" && !stopped_) {
          more =
              perform(int_or(message, "id"), string_or(message, "name"), message["body"]) || more;
        } else {
          out_.push_back(std::move(message));
          more = true;
        }
      }
    }
  }

  bool perform(std::int64_t id, const std::string& name, const Json& body) {
    if (name == "log") return false;
    performed_.insert(name + " " + string_or(body, "url"));
    Result<Json> end = Json::object();
    if (name == "http.send" && on_http) {
      end = on_http(body);
    } else if (name.starts_with("key.")) {
      end = native::perform_key_effect(keys_, name, body);
    } else if (name == "store.load") {
      const auto found = store_.find(string_or(body, "key"));
      end = Json{{"value", found == store_.end() ? Json() : Json(found->second)}};
    } else if (name == "store.save") {
      store_[string_or(body, "key")] = string_or(body, "value");
    } else if (name == "table.get") {
      const auto found = table_.find(string_or(body, "key"));
      end = Json{{"value", found == table_.end() ? Json() : Json(found->second)}};
    } else if (name == "table.scan") {
      end = scan(string_or(body, "prefix"), string_or(body, "after"),
                 static_cast<std::size_t>(int_or(body, "limit")));
    } else if (name == "table.apply") {
      if (on_apply) on_apply();
      if (refusal_) {
        end = std::unexpected(*refusal_);
      } else if (!apply(body)) {
        return false;
      }
    }
    if (on_performed) on_performed(name);
    push(end ? Json{{"kind", "result"}, {"id", id}, {"body", *end}}
             : Json{{"kind", "error"}, {"id", id}, {"error", to_json_error(end.error())}});
    return true;
  }

  Json scan(const std::string& prefix, const std::string& after, std::size_t limit) {
    Json rows = Json::array();
    bool more = false;
    for (auto at = table_.upper_bound(std::max(prefix, after)); at != table_.end(); ++at) {
      if (!at->first.starts_with(prefix)) break;
      if (rows.size() == limit) {
        more = true;
        break;
      }
      rows.push_back({at->first, at->second});
    }
    return {{"rows", std::move(rows)}, {"more", more}};
  }

  bool apply(const Json& body) {
    const bool last = batches_left_ && *batches_left_ == 0;
    if (batches_left_ && !last) --*batches_left_;
    if (!last || last_is_kept_) {
      for (const Json& row : body["put"]) {
        table_[row[0].get<std::string>()] = row[1].get<std::string>();
      }
      for (const Json& key : body["delete"]) table_.erase(key.get<std::string>());
    }
    stopped_ = last;
    return !last;
  }

  std::unique_ptr<Engine> engine_;
  native::KeyChest keys_;
  std::map<std::string, std::string> table_;  // values as they cross the boundary: base64url
  std::map<std::string, std::string> store_;
  std::vector<Json> out_;
  std::set<std::string> performed_;
  Duration now_{1'000};
  std::int64_t commands_ = 0;
  int starts_ = 0;
  std::optional<Error> refusal_;
  std::optional<std::size_t> batches_left_;
  bool last_is_kept_ = false;
  bool stopped_ = false;
};

}  // namespace a67
