// The machine stops at every operation of a vault's life, before and after it was carried out. The
// next start must unlock what was promised, finish what was begun, and lose nothing. Two planted
// bugs must be caught by the same checks.
#include <catch_amalgamated.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/vault/entry.h"
#include "engine/vault/vault.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::FakeTable;
using vault_test::Life;
using vault_test::run;

constexpr int kEntries = 3;
const std::string kPrefix = "w/home/entry/";
const std::string kOld = "old passphrase";
const std::string kNew = "new passphrase";

enum class Bug {
  kNone,
  kHeaderBeforeData,  // the new header takes its place while entries lie under the old key
  kTornBatch,         // a batch is not atomic
};

EntryName name_of(int number) {
  return {.workspace = "home", .id = std::to_string(number), .version = 1, .purpose = "test"};
}

std::string plain_of(int number) { return "secret number " + std::to_string(number); }

// Seals one entry anew in each step.
class EntryReencryption final : public Reencryption {
 public:
  EntryReencryption(Life& life, Bug bug)
      : life_(life), entries_(life.keyring, life.vault), bug_(bug) {}

  Task<Result<bool>> step(EpochKey from, EpochKey to) override {
    (void)to;
    const auto page = co_await life_.table.scan(kPrefix, "", 100);
    if (!page) co_return std::unexpected(page.error());
    for (const TableRow& row : page->rows) {
      const auto stored = read_entry(row.value);
      if (!stored) co_return std::unexpected(stored.error());
      if (stored->epoch != from.epoch) continue;
      const EntryName name = name_of(std::stoi(row.key.substr(kPrefix.size())));
      if (bug_ == Bug::kHeaderBeforeData) {
        auto plain = co_await entries_.open(name, row.value);
        if (!plain) co_return std::unexpected(plain.error());
        late_.emplace_back(name, std::move(*plain));
        continue;
      }
      auto sealed = co_await entries_.reseal(name, row.value);
      if (!sealed) co_return std::unexpected(sealed.error());
      TableBatch batch;
      batch.put.emplace_back(row.key, std::move(*sealed));
      if (auto done = co_await life_.table.apply(std::move(batch)); !done) {
        co_return std::unexpected(done.error());
      }
      co_return false;
    }
    co_return true;
  }

  // What the planted bug left for after the new header.
  Task<Result<void>> do_late_work() {
    for (auto& [name, plain] : late_) {
      auto sealed = co_await entries_.seal(name, std::move(plain));
      if (!sealed) co_return std::unexpected(sealed.error());
      TableBatch batch;
      batch.put.emplace_back(kPrefix + name.id, std::move(*sealed));
      if (auto done = co_await life_.table.apply(std::move(batch)); !done) co_return done;
    }
    co_return Result<void>{};
  }

 private:
  Life& life_;
  Entries entries_;
  Bug bug_;
  std::vector<std::pair<EntryName, Sensitive<std::string>>> late_;
};

// What the program was told is done.
struct Promised {
  bool created = false;
  int entries = 0;
  bool passphrase_changed = false;
  bool device_added = false;
  bool recovery_removed = false;
  bool rotated = false;
};

Task<Result<void>> live(Life* life, Promised* promised, Bug bug) {
  if (auto done = co_await life->vault.create("Home", life->first_methods(kOld)); !done) {
    co_return done;
  }
  promised->created = true;
  Entries entries(life->keyring, life->vault);
  for (int number = 0; number < kEntries; ++number) {
    auto sealed = co_await entries.seal(name_of(number), Sensitive<std::string>(plain_of(number)));
    if (!sealed) co_return std::unexpected(sealed.error());
    TableBatch batch;
    batch.put.emplace_back(kPrefix + std::to_string(number), std::move(*sealed));
    if (auto done = co_await life->table.apply(std::move(batch)); !done) co_return done;
    ++promised->entries;
  }
  if (auto done = co_await life->vault.replace_method(life->with_passphrase(kOld),
                                                      life->id_of(MethodKind::kPassphrase),
                                                      life->passphrase(kNew));
      !done) {
    co_return std::unexpected(done.error());
  }
  promised->passphrase_changed = true;
  if (auto done = co_await life->vault.add_method(life->with_passphrase(kNew), life->device());
      !done) {
    co_return std::unexpected(done.error());
  }
  promised->device_added = true;
  if (auto done = co_await life->vault.remove_method(life->id_of(MethodKind::kRecovery)); !done) {
    co_return done;
  }
  promised->recovery_removed = true;
  EntryReencryption data(*life, bug);
  if (auto done = co_await life->vault.rotate(&data); !done) co_return done;
  promised->rotated = true;
  co_return co_await data.do_late_work();
}

bool opens(const FakeTable::Rows& rows, int which) {
  Life life(rows, 77);
  const UnlockWith with = which == 0   ? life.with_passphrase(kOld)
                          : which == 1 ? life.with_passphrase(kNew)
                          : which == 2 ? life.with_recovery()
                                       : life.with_device();
  return run(life.vault.unlock(with)).value().has_value();
}

// The first thing that is wrong with who may unlock; empty when nothing is.
std::string check_methods(const FakeTable::Rows& rows, const Promised& promised) {
  const bool old_opens = opens(rows, 0);
  const bool new_opens = opens(rows, 1);
  if (old_opens == new_opens) return "not exactly one of the two passphrases opens the vault";
  if (promised.passphrase_changed && old_opens) return "the old passphrase still opens the vault";
  if (promised.device_added && !opens(rows, 3)) return "the added method does not open the vault";
  if (promised.recovery_removed && opens(rows, 2)) return "the removed method opens the vault";
  if (!promised.device_added && !opens(rows, 2)) return "the recovery words do not open the vault";
  return {};
}

std::string check_entries(Life& life, int count) {
  Entries entries(life.keyring, life.vault);
  for (int number = 0; number < count; ++number) {
    const auto row = life.table.rows.find(kPrefix + std::to_string(number));
    if (row == life.table.rows.end()) return "an entry is gone";
    const auto plain = run(entries.open(name_of(number), row->second)).value();
    if (!plain || plain->expose() != plain_of(number)) return "an entry does not open";
  }
  return {};
}

// The next start: unlock, read, finish the rotation, read again, and use the vault as any other.
std::string check_recovery(const FakeTable::Rows& rows, const Promised& promised) {
  if (!rows.contains("w/home/header")) {
    return promised.created ? "a vault that was created is gone" : "";
  }
  if (std::string wrong = check_methods(rows, promised); !wrong.empty()) return wrong;
  Life life(rows, 5);
  const std::string& passphrase = opens(rows, 1) ? kNew : kOld;
  if (!run(life.vault.unlock(life.with_passphrase(passphrase))).value()) return "does not unlock";
  if (std::string wrong = check_entries(life, promised.entries); !wrong.empty()) return wrong;
  const std::uint32_t epoch = life.vault.newest_key().epoch;
  if (promised.rotated && epoch != 2) return "a finished rotation was undone";

  EntryReencryption data(life, Bug::kNone);
  const bool was_rotating = life.vault.is_rotating();
  if (!run(life.vault.rotate(&data)).value()) return "the rotation does not finish";
  if (life.vault.header().epoch != epoch + (was_rotating ? 0 : 1)) return "the epoch is wrong";
  if (life.table.rows.contains("w/home/header.next")) return "header.next was left behind";
  if (std::string wrong = check_entries(life, promised.entries); !wrong.empty()) return wrong;
  if (life.keyring.kept() != 2) return "keys were left in the host";
  return {};
}

struct Findings {
  std::size_t stops = 0;
  std::vector<std::string> wrong;
};

// Every place to stop at, both ways.
Findings stop_everywhere(Bug bug) {
  Findings findings;
  for (const bool after : {false, true}) {
    for (std::size_t at = 1; at < 1000; ++at) {
      Life life;
      life.table.stop_at = at;
      life.table.stops_after_doing_it = after;
      life.table.tears_batches = bug == Bug::kTornBatch;
      Promised promised;
      const auto finished = run(live(&life, &promised, bug));
      if (finished && !*finished) {
        findings.wrong.push_back("the life itself failed: " + finished->error().message);
        break;
      }
      std::string wrong = check_recovery(life.table.rows, promised);
      if (!wrong.empty()) findings.wrong.push_back(std::to_string(at) + ": " + wrong);
      if (finished) break;  // it did not stop any more
      ++findings.stops;
    }
  }
  return findings;
}

TEST_CASE("vault crash: wherever it stops, the next start unlocks, finishes and loses nothing",
          "[vault]") {
  const Findings findings = stop_everywhere(Bug::kNone);
  CHECK(findings.stops > 30);
  for (const std::string& wrong : findings.wrong) FAIL_CHECK(wrong);
}

TEST_CASE("vault crash: a header replaced before its data is caught", "[vault]") {
  const Findings findings = stop_everywhere(Bug::kHeaderBeforeData);
  CHECK(findings.stops > 20);
  CHECK_FALSE(findings.wrong.empty());
}

TEST_CASE("vault crash: a batch that is not atomic is caught", "[vault]") {
  const Findings findings = stop_everywhere(Bug::kTornBatch);
  CHECK_FALSE(findings.wrong.empty());
}

}  // namespace
}  // namespace a67
