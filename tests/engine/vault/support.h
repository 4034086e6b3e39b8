// What the vault's tests share: a keyring that skips the slow part of passphrases, a table in
// memory that can stop, and a way to run a coroutine to its end.
#pragma once

#include <catch_amalgamated.hpp>
#include <coroutine>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/executor.h"
#include "engine/base/random.h"
#include "engine/native/keyring.h"
#include "engine/ports/clock.h"
#include "engine/ports/table.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/vault.h"
#include "engine/vault/wrap_key.h"

namespace a67::vault_test {

// Keys as in a real host, except that a passphrase is hashed once instead of 64 MiB long.
class QuickKeyring final : public Keyring {
 public:
  explicit QuickKeyring(std::uint64_t number)
      : random_(std::make_shared<Random>(Random::from_number(number))),
        inner_([random = random_](std::span<std::uint8_t> bytes) { random->fill(bytes); }) {}

  SecretRef offer(const std::string& text) {
    const SecretRef ref = inner_.chest().offer(Sensitive<std::string>(text)).value();
    texts_[ref.number] = text;
    return ref;
  }
  [[nodiscard]] std::size_t kept() { return inner_.chest().size(); }
  native::KeyChest& chest() { return inner_.chest(); }
  int derivations = 0;

  Task<Result<DerivedMethod>> derive(SecretRef secret, MethodKind kind, std::string salt,
                                     std::optional<Argon2Params> argon2) override {
    ++derivations;
    if (kind != MethodKind::kPassphrase || !argon2 || !texts_.contains(secret.number)) {
      co_return co_await inner_.derive(secret, kind, salt, argon2);
    }
    if (auto fine = check_argon2(*argon2); !fine) co_return std::unexpected(fine.error());
    const Digest digest = sha256(texts_[secret.number]);
    const std::string quick(reinterpret_cast<const char*>(digest.data()), digest.size());
    const SecretRef hashed = inner_.chest().offer(Sensitive<std::string>(quick)).value();
    auto derived = co_await inner_.derive(hashed, MethodKind::kDevice, salt, std::nullopt);
    inner_.forget({hashed.number});
    co_return derived;
  }
  Task<Result<MadeKey>> make(std::vector<WrapFor> recipients) override {
    return inner_.make(std::move(recipients));
  }
  Task<Result<std::vector<std::string>>> rewrap(MethodRef method, std::string wrap, std::string ad,
                                                std::vector<WrapFor> recipients) override {
    return inner_.rewrap(method, std::move(wrap), std::move(ad), std::move(recipients));
  }
  Task<Result<KeyRef>> open(MethodRef method, std::string wrap, std::string ad) override {
    return inner_.open(method, std::move(wrap), std::move(ad));
  }
  Task<Result<std::string>> pin(MethodRef method, std::string bytes) override {
    return inner_.pin(method, std::move(bytes));
  }
  Task<Result<KeyRef>> subkey(KeyRef key, std::string salt, std::string info, KeyUse use) override {
    return inner_.subkey(key, std::move(salt), std::move(info), use);
  }
  Task<Result<std::vector<std::string>>> seal(KeyRef key, std::vector<PlainItem> items) override {
    return inner_.seal(key, std::move(items));
  }
  Task<Result<std::vector<OpenedItem>>> open_sealed(KeyRef key,
                                                    std::vector<SealedItem> items) override {
    return inner_.open_sealed(key, std::move(items));
  }
  Task<Result<std::string>> mac(KeyRef key, std::string bytes) override {
    return inner_.mac(key, std::move(bytes));
  }
  void forget(std::vector<std::int64_t> numbers) override { inner_.forget(std::move(numbers)); }
  void forget_all() override { inner_.forget_all(); }

 private:
  std::shared_ptr<Random> random_;
  native::NativeKeyring inner_;
  std::map<std::int64_t, std::string> texts_;
};

// Rows in memory. A test may make one operation fail, or be the last one that ever happens.
class FakeTable final : public Table {
 public:
  using Rows = std::map<std::string, std::string>;

  // The machine stops at this operation (counted from 1): nothing after it is answered.
  std::size_t stop_at = 0;
  bool stops_after_doing_it = false;
  // A bug to be found: a batch is taken apart, erasures first.
  bool tears_batches = false;
  std::optional<Error> next_apply_fails;

  Rows rows;
  std::size_t operations = 0;

  Task<Result<std::optional<std::string>>> get(std::string key) override {
    if (stops()) co_await std::suspend_always();
    const auto found = rows.find(key);
    if (found == rows.end()) co_return std::nullopt;
    co_return found->second;
  }
  Task<Result<TablePage>> scan(std::string prefix, std::string after, std::size_t limit) override {
    if (stops()) co_await std::suspend_always();
    TablePage page;
    for (auto row = rows.lower_bound(prefix); row != rows.end(); ++row) {
      if (!row->first.starts_with(prefix)) break;
      if (row->first <= after) continue;
      page.more = page.rows.size() == limit;
      if (page.more) break;
      page.rows.push_back({.key = row->first, .value = row->second});
    }
    co_return page;
  }
  Task<Result<void>> apply(TableBatch batch) override {
    if (tears_batches && !batch.erase.empty()) {
      for (const std::string& key : batch.erase) rows.erase(key);
      if (stops()) co_await std::suspend_always();
      batch.erase.clear();
    }
    const bool stopping = stops();
    if (stopping && !stops_after_doing_it) co_await std::suspend_always();
    if (next_apply_fails) {
      co_return std::unexpected(*std::exchange(next_apply_fails, std::nullopt));
    }
    for (const std::string& key : batch.erase) rows.erase(key);
    for (auto& [key, value] : batch.put) rows[key] = value;
    if (stopping) co_await std::suspend_always();
    co_return Result<void>{};
  }

 private:
  bool stops() { return ++operations == stop_at; }
};

class FakeClock final : public WallClock {
 public:
  UnixMs now = 1'800'000'000'000;
  [[nodiscard]] UnixMs unix_now() const override { return now; }
};

// Runs a task as far as it comes; nothing when it stopped on the way (it is then cancelled).
template <class T>
std::optional<T> run(Task<T> task) {
  std::optional<T> result;
  Executor executor;
  TaskScope scope(executor);
  const auto keep = [](Task<T> inner, std::optional<T>* out) -> Task<void> {
    out->emplace(co_await std::move(inner));
  };
  scope.spawn(keep(std::move(task), &result));
  executor.run(Instant{});
  return result;
}

inline const std::string kRecoverySecret = "sixteen bytes ok";
inline const std::string kDeviceSecret = "thirty-two bytes that are random";

// A vault and all it needs, as one start of a program has them.
struct Life {
  explicit Life(FakeTable::Rows rows = {}, std::uint64_t number = 1)
      : keyring(number), random(Random::from_number(number + 1000)) {
    table.rows = std::move(rows);
  }

  NewMethod passphrase(const std::string& text) {
    return {.kind = MethodKind::kPassphrase,
            .secret = keyring.offer(text),
            .label = "Passphrase",
            .argon2 = kArgon2Floor};
  }
  NewMethod recovery() {
    return {.kind = MethodKind::kRecovery,
            .secret = keyring.offer(kRecoverySecret),
            .label = "Recovery words"};
  }
  NewMethod device() {
    return {.kind = MethodKind::kDevice,
            .secret = keyring.offer(kDeviceSecret),
            .label = "This laptop"};
  }
  UnlockWith with_passphrase(const std::string& text) {
    return {.kind = MethodKind::kPassphrase, .secret = keyring.offer(text)};
  }
  UnlockWith with_recovery() {
    return {.kind = MethodKind::kRecovery, .secret = keyring.offer(kRecoverySecret)};
  }
  UnlockWith with_device() {
    return {.kind = MethodKind::kDevice, .secret = keyring.offer(kDeviceSecret)};
  }
  std::vector<NewMethod> first_methods(const std::string& text) {
    std::vector<NewMethod> methods;
    methods.push_back(passphrase(text));
    methods.push_back(recovery());
    return methods;
  }
  // The method of a kind in the open vault.
  [[nodiscard]] MethodId id_of(MethodKind kind) const {
    for (const UnlockMethod& method : vault.header().methods) {
      if (method.kind == kind) return method.id;
    }
    return {};
  }

  QuickKeyring keyring;
  FakeTable table;
  Random random;
  FakeClock clock;
  Vault vault{{.keyring = keyring, .table = table, .random = random, .clock = clock}, "home"};
};

// A vault with a passphrase and recovery words, as it lies on a disk.
inline FakeTable::Rows made_vault(const std::string& passphrase = "open sesame") {
  Life life({}, 100);  // randomness of its own: ids must not come twice
  REQUIRE(run(life.vault.create("Home", life.first_methods(passphrase))).value());
  return life.table.rows;
}

template <class T>
ErrorCode code_of(const std::optional<Result<T>>& result) {
  REQUIRE(result);
  REQUIRE_FALSE(*result);
  return result->error().code;
}

// Says at once that all is done.
class NothingToDo final : public Reencryption {
 public:
  int steps = 0;
  int busy_for = 0;
  std::optional<Error> fails;
  Task<Result<bool>> step(EpochKey from, EpochKey to) override {
    ++steps;
    if (fails) co_return std::unexpected(*fails);
    CHECK(to.epoch == from.epoch + 1);
    CHECK(to.key != from.key);
    co_return steps > busy_for;
  }
};

}  // namespace a67::vault_test
