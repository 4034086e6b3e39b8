// A table in memory that fails when told to, a sealer with a key of its own, and a bench for both.
#pragma once

#include <sodium.h>

#include <array>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/executor.h"
#include "engine/base/random.h"
#include "engine/ports/clock.h"
#include "engine/ports/table.h"
#include "engine/state/sealer.h"

namespace a67::test {

// XChaCha20-Poly1305; nonces are counted, which is fine for keys no other sealer has.
class TestSealer final : public Sealer {
 public:
  explicit TestSealer(std::uint8_t key = 1) { key_.fill(key); }
  bool locked = false;
  std::size_t seals = 0;

  Task<Result<std::vector<std::string>>> seal(std::vector<Item> items) override {
    if (locked) co_return fail(ErrorCode::kUnauthorized, "The vault is locked.");
    ++seals;
    std::vector<std::string> all;
    for (const Item& item : items) all.push_back(seal_one(item));
    co_return all;
  }
  Task<Result<std::vector<std::optional<std::string>>>> open(
      std::vector<SealedItem> items) override {
    if (locked) co_return fail(ErrorCode::kUnauthorized, "The vault is locked.");
    std::vector<std::optional<std::string>> all;
    for (const SealedItem& item : items) all.push_back(open_one(item));
    co_return all;
  }

 private:
  static constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  static constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;

  static const std::uint8_t* bytes(const std::string& text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
  }
  std::string seal_one(const Item& item) {
    std::string sealed(kNonce + item.plain.size() + kTag, '\0');
    ++nonce_;
    std::copy_n(reinterpret_cast<const char*>(&nonce_), sizeof nonce_, sealed.begin());
    auto* out = reinterpret_cast<std::uint8_t*>(sealed.data());
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + kNonce, nullptr, bytes(item.plain),
                                               item.plain.size(), bytes(item.ad), item.ad.size(),
                                               nullptr, out, key_.data());
    return sealed;
  }
  std::optional<std::string> open_one(const SealedItem& item) {
    if (item.sealed.size() < kNonce + kTag) return std::nullopt;
    std::string plain(item.sealed.size() - kNonce - kTag, '\0');
    const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
        reinterpret_cast<std::uint8_t*>(plain.data()), nullptr, nullptr,
        bytes(item.sealed) + kNonce, item.sealed.size() - kNonce, bytes(item.ad), item.ad.size(),
        bytes(item.sealed), key_.data());
    return opened == 0 ? std::optional(plain) : std::nullopt;
  }

  std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> key_{};
  std::uint64_t nonce_ = 0;
};

using Rows = std::map<std::string, std::string>;

// What survives a crash is `rows`.
class MemoryTable final : public Table {
 public:
  explicit MemoryTable(Executor& executor, Rows& rows) : executor_(executor), rows_(rows) {}

  enum class Stop : std::uint8_t { kNever, kBefore, kAfter };
  // The operation with this number (from 1) is the last: it never answers, and nothing after it is
  // carried out.
  std::size_t stop_at = 0;
  Stop stop = Stop::kNever;
  std::size_t operations = 0;
  std::size_t applies = 0;
  Duration latency{0};
  // The next applies end with these; `applied_anyway` carries them out all the same.
  std::vector<Error> failures;
  bool applied_anyway = false;
  // May change what an apply does; for bugs planted on purpose.
  std::function<void(TableBatch&)> sabotage;

  Task<Result<std::optional<std::string>>> get(std::string key) override {
    if (begin()) co_await std::suspend_always{};
    const auto found = rows_.find(key);
    if (end()) co_await std::suspend_always{};
    if (found == rows_.end()) co_return std::nullopt;
    co_return found->second;
  }

  Task<Result<TablePage>> scan(std::string prefix, std::string after, std::size_t limit) override {
    if (begin()) co_await std::suspend_always{};
    TablePage page;
    for (auto at = after.empty() ? rows_.lower_bound(prefix) : rows_.upper_bound(after);
         at != rows_.end() && at->first.starts_with(prefix); ++at) {
      if (page.rows.size() == limit) {
        page.more = true;
        break;
      }
      page.rows.push_back({at->first, at->second});
    }
    if (end()) co_await std::suspend_always{};
    co_return page;
  }

  Task<Result<void>> apply(TableBatch batch) override {
    if (begin()) co_await std::suspend_always{};
    if (latency.count() > 0) co_await executor_.sleep(latency);
    ++applies;
    std::optional<Error> failure;
    if (!failures.empty()) {
      failure = failures.front();
      failures.erase(failures.begin());
    }
    if (!failure || applied_anyway) {
      if (sabotage) sabotage(batch);
      for (const auto& [key, value] : batch.put) rows_.insert_or_assign(key, value);
      for (const auto& key : batch.erase) rows_.erase(key);
    }
    if (end()) co_await std::suspend_always{};
    if (failure) co_return std::unexpected(*failure);
    co_return Result<void>{};
  }

 private:
  bool begin() {
    ++operations;
    return stop != Stop::kNever &&
           (operations > stop_at || (operations == stop_at && stop == Stop::kBefore));
  }
  [[nodiscard]] bool end() const { return stop == Stop::kAfter && operations >= stop_at; }

  Executor& executor_;
  Rows& rows_;
};

class TestClock final : public WallClock {
 public:
  UnixMs now = 1'790'000'000'000;
  [[nodiscard]] UnixMs unix_now() const override { return now; }
};

template <class T>
Task<void> keep(Task<T> task, std::shared_ptr<std::optional<T>> slot) {
  slot->emplace(co_await std::move(task));
}

// Starts a task; its answer is in the slot once it is there.
template <class T>
std::shared_ptr<std::optional<T>> start(TaskScope& tasks, Task<T> task) {
  auto slot = std::make_shared<std::optional<T>>();
  tasks.spawn(keep(std::move(task), slot));
  return slot;
}

// Runs everything until nothing is left to do, timers included.
inline void run_out(Executor& executor) {
  executor.run(executor.now());
  while (const auto next = executor.next_wake()) executor.run(*next);
}

// Starts a task and runs until nothing is left to do. Nothing when it has not ended then.
template <class T>
std::optional<T> run(Executor& executor, TaskScope& tasks, Task<T> task) {
  auto slot = start(tasks, std::move(task));
  run_out(executor);
  return std::move(*slot);
}

}  // namespace a67::test
