#include "engine/vault/vault.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/vault/entry.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::FakeTable;
using vault_test::kDeviceSecret;
using vault_test::kRecoverySecret;
using vault_test::Life;
using vault_test::run;

const std::string kHeader = "w/home/header";
const std::string kNext = "w/home/header.next";

// A vault with a passphrase and recovery words, as it lies on a disk.
FakeTable::Rows made_vault(const std::string& passphrase = "open sesame") {
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

TEST_CASE("Vault: is created open, and unlocks with each of its methods", "[vault]") {
  Life life;
  CHECK(code_of(run(life.vault.inspect())) == ErrorCode::kNotFound);
  REQUIRE(run(life.vault.create("Home", life.first_methods("open sesame"))).value());
  CHECK(life.vault.is_open());
  CHECK(life.vault.header().workspace_name == "Home");
  CHECK(life.vault.newest_key().epoch == 1);
  CHECK(life.keyring.kept() == 2);  // the vault key and the header's; no secret, no method
  life.vault.lock();
  CHECK_FALSE(life.vault.is_open());
  CHECK(life.keyring.kept() == 0);

  Life later(life.table.rows, 2);
  const auto seen = run(later.vault.inspect()).value();
  REQUIRE(seen);
  CHECK(seen->methods.size() == 2);
  REQUIRE(run(later.vault.unlock(later.with_passphrase("open sesame"))).value());
  CHECK(later.keyring.kept() == 2);
  later.vault.lock();
  REQUIRE(run(later.vault.unlock(later.with_recovery())).value());
}

TEST_CASE("Vault: a real Argon2id passphrase unlocks a vault", "[vault]") {
  native::NativeKeyring keyring;
  FakeTable table;
  Random random = Random::from_number(1);
  vault_test::FakeClock clock;
  const auto offer = [&](const std::string& text) {
    return keyring.chest().offer(Sensitive<std::string>(text)).value();
  };
  Vault vault({.keyring = keyring, .table = table, .random = random, .clock = clock}, "home");
  std::vector<NewMethod> methods;
  methods.push_back({.kind = MethodKind::kPassphrase,
                     .secret = offer("open sesame"),
                     .label = "Passphrase",
                     .argon2 = kArgon2FloorLowMemory});
  methods.push_back(
      {.kind = MethodKind::kRecovery, .secret = offer(kRecoverySecret), .label = "Words"});
  REQUIRE(run(vault.create("Home", std::move(methods))).value());
  vault.lock();
  CHECK(code_of(run(vault.unlock({.secret = offer("open sesamE")}))) == ErrorCode::kUnauthorized);
  CHECK(run(vault.unlock({.secret = offer("open sesame")})).value());
}

TEST_CASE("Vault: what does not open it says nothing else", "[vault]") {
  Life life(made_vault());
  const auto wrong = run(life.vault.unlock(life.with_passphrase("open sesam"))).value();
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::kUnauthorized);
  // A secret that cannot even be one, and a method the vault does not have, look the same.
  const auto malformed = run(life.vault.unlock({.kind = MethodKind::kRecovery,
                                                .secret = life.keyring.offer("too short")}))
                             .value();
  const auto no_such = run(life.vault.unlock(life.with_device())).value();
  const auto empty = run(life.vault.unlock(life.with_passphrase(""))).value();
  CHECK(malformed.error() == wrong.error());
  CHECK(no_such.error() == wrong.error());
  CHECK(empty.error() == wrong.error());
  CHECK_FALSE(life.vault.is_open());
  CHECK(life.keyring.kept() == 0);
}

TEST_CASE("Vault: only the method that is named is tried", "[vault]") {
  Life life(made_vault());
  UnlockWith with = life.with_passphrase("open sesame");
  with.method = MethodId("other");
  CHECK(code_of(run(life.vault.unlock(with))) == ErrorCode::kUnauthorized);
  CHECK(life.keyring.derivations == 0);
  const auto header = run(life.vault.inspect()).value().value();
  UnlockWith named = life.with_passphrase("open sesame");
  named.method = header.methods[0].id;
  CHECK(run(life.vault.unlock(named)).value());
}

TEST_CASE("Vault: needs recovery words and another way in, and is made only once", "[vault]") {
  Life life;
  std::vector<NewMethod> alone;
  alone.push_back(life.recovery());
  CHECK(code_of(run(life.vault.create("Home", std::move(alone)))) == ErrorCode::kInvalidInput);
  std::vector<NewMethod> no_words;
  no_words.push_back(life.passphrase("a"));
  no_words.push_back(life.device());
  CHECK(code_of(run(life.vault.create("Home", std::move(no_words)))) == ErrorCode::kInvalidInput);
  std::vector<NewMethod> weak = life.first_methods("a");
  weak[0].argon2 = Argon2Params{.memory_kib = 8, .passes = 1};
  CHECK(code_of(run(life.vault.create("Home", std::move(weak)))) == ErrorCode::kInvalidInput);
  CHECK(code_of(run(life.vault.create("", life.first_methods("a")))) == ErrorCode::kInvalidInput);
  std::vector<NewMethod> two_devices;
  two_devices.push_back(life.device());
  two_devices.push_back(life.device());
  CHECK(code_of(run(life.vault.create("Home", std::move(two_devices)))) ==
        ErrorCode::kInvalidInput);
  std::vector<NewMethod> passphrase_alone;
  passphrase_alone.push_back(life.passphrase("a"));
  CHECK(code_of(run(life.vault.create("Home", std::move(passphrase_alone)))) ==
        ErrorCode::kInvalidInput);
  CHECK(life.table.rows.empty());
  CHECK(life.keyring.kept() == 0);

  REQUIRE(run(life.vault.create("Home", life.first_methods("a"))).value());
  CHECK(code_of(run(life.vault.create("Home", life.first_methods("a")))) == ErrorCode::kConflict);
  life.vault.lock();
  const auto before = life.table.rows;
  CHECK(code_of(run(life.vault.create("Home", life.first_methods("a")))) == ErrorCode::kConflict);
  CHECK(life.table.rows == before);
}

TEST_CASE("Vault: a device's own secret may be the only way in", "[vault]") {
  Life life;
  std::vector<NewMethod> device;
  device.push_back(life.device());
  REQUIRE(run(life.vault.create("Home", std::move(device))).value());
  CHECK(life.vault.header().methods.size() == 1);
  const MethodId only = life.vault.header().methods[0].id;
  CHECK(code_of(run(life.vault.remove_method(only))) == ErrorCode::kForbidden);
}

TEST_CASE("Vault: a store that cannot write leaves it as it was", "[vault]") {
  Life life;
  const Error full{.code = ErrorCode::kStoreFailed, .message = "full"};
  life.table.next_apply_fails = full;
  CHECK(code_of(run(life.vault.create("Home", life.first_methods("a")))) ==
        ErrorCode::kStoreFailed);
  CHECK_FALSE(life.vault.is_open());
  REQUIRE(run(life.vault.create("Home", life.first_methods("a"))).value());
  const VaultHeader before = life.vault.header();
  life.table.next_apply_fails = full;
  CHECK(code_of(run(life.vault.add_method(life.with_recovery(), life.device()))) ==
        ErrorCode::kStoreFailed);
  CHECK(life.vault.header() == before);
  life.table.next_apply_fails = full;
  NothingToDo data;
  CHECK(code_of(run(life.vault.rotate(&data))) == ErrorCode::kStoreFailed);
  CHECK(data.steps == 0);
  CHECK_FALSE(life.vault.is_rotating());
  CHECK(life.keyring.kept() == 2);
}

TEST_CASE("Vault: a changed passphrase opens it, the old one does not", "[vault]") {
  Life life(made_vault("old one"));
  REQUIRE(run(life.vault.unlock(life.with_passphrase("old one"))).value());
  const EpochKey key = life.vault.newest_key();
  const auto changed = run(life.vault.replace_method(life.with_passphrase("old one"),
                                                     life.id_of(MethodKind::kPassphrase),
                                                     life.passphrase("new one")))
                           .value();
  REQUIRE(changed);
  CHECK(life.vault.header().methods.size() == 2);
  CHECK(life.vault.header().methods[0].id == *changed);
  CHECK(life.vault.newest_key().key == key.key);  // nothing was sealed anew
  CHECK(life.vault.rotation_due().by_change);
  CHECK(life.keyring.kept() == 2);

  Life later(life.table.rows, 2);
  CHECK(code_of(run(later.vault.unlock(later.with_passphrase("old one")))) ==
        ErrorCode::kUnauthorized);
  CHECK(run(later.vault.unlock(later.with_passphrase("new one"))).value());
  later.vault.lock();
  CHECK(run(later.vault.unlock(later.with_recovery())).value());
}

TEST_CASE("Vault: recovery words replace a forgotten passphrase", "[vault]") {
  Life life(made_vault("forgotten"));
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  REQUIRE(run(life.vault.replace_method(life.with_recovery(), life.id_of(MethodKind::kPassphrase),
                                        life.passphrase("new one")))
              .value());
  Life later(life.table.rows, 2);
  CHECK(run(later.vault.unlock(later.with_passphrase("new one"))).value());
}

TEST_CASE("Vault: a change needs a proof that is right", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  const auto before = life.table.rows;
  const MethodId passphrase = life.id_of(MethodKind::kPassphrase);
  CHECK(code_of(run(life.vault.replace_method(life.with_passphrase("guess"), passphrase,
                                              life.passphrase("mine")))) ==
        ErrorCode::kUnauthorized);
  CHECK(code_of(run(life.vault.add_method(life.with_passphrase("guess"), life.device()))) ==
        ErrorCode::kUnauthorized);
  CHECK(code_of(run(life.vault.replace_method(life.with_recovery(), MethodId("none"),
                                              life.passphrase("mine")))) == ErrorCode::kNotFound);
  CHECK(life.table.rows == before);
  CHECK(life.keyring.kept() == 2);  // the offered secrets are gone, too
}

TEST_CASE("Vault: methods come and go, but not the last one", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  const auto added = run(life.vault.add_method(life.with_recovery(), life.device())).value();
  REQUIRE(added);
  CHECK_FALSE(life.vault.rotation_due().due());
  {
    Life later(life.table.rows, 2);
    CHECK(run(later.vault.unlock(later.with_device())).value());
  }
  CHECK(code_of(run(life.vault.remove_method(MethodId("none")))) == ErrorCode::kNotFound);
  REQUIRE(run(life.vault.remove_method(life.id_of(MethodKind::kPassphrase))).value());
  CHECK(life.vault.rotation_due().by_change);
  REQUIRE(run(life.vault.remove_method(life.id_of(MethodKind::kRecovery))).value());
  CHECK(code_of(run(life.vault.remove_method(*added))) == ErrorCode::kForbidden);
  Life later(life.table.rows, 3);
  CHECK(code_of(run(later.vault.unlock(later.with_recovery()))) == ErrorCode::kUnauthorized);
  CHECK(run(later.vault.unlock(later.with_device())).value());
}

TEST_CASE("Vault: the same secret twice is two methods, and more than 16 are refused", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  for (std::size_t count = 2; count < kMethodsMax; ++count) {
    REQUIRE(run(life.vault.add_method(life.with_recovery(), life.device())).value());
  }
  CHECK(code_of(run(life.vault.add_method(life.with_recovery(), life.device()))) ==
        ErrorCode::kInvalidInput);
  CHECK(life.vault.header().methods.size() == kMethodsMax);
  CHECK(life.keyring.kept() == 2);
}

TEST_CASE("Vault: locked, it changes nothing", "[vault]") {
  Life life(made_vault());
  const auto before = life.table.rows;
  NothingToDo data;
  CHECK(code_of(run(life.vault.add_method(life.with_recovery(), life.device()))) ==
        ErrorCode::kUnauthorized);
  CHECK(code_of(run(life.vault.replace_method(life.with_recovery(), MethodId("a"),
                                              life.device()))) == ErrorCode::kUnauthorized);
  CHECK(code_of(run(life.vault.remove_method(MethodId("a")))) == ErrorCode::kUnauthorized);
  CHECK(code_of(run(life.vault.rotate(&data))) == ErrorCode::kUnauthorized);
  CHECK(life.table.rows == before);
  CHECK(life.keyring.kept() == 0);
}

TEST_CASE("Vault: a rotation is due after 30 days", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  CHECK_FALSE(life.vault.rotation_due().due());
  life.clock.now += kRotateEvery.count() - 1;
  CHECK_FALSE(life.vault.rotation_due().due());
  life.clock.now += 1;
  CHECK(life.vault.rotation_due().by_age);
  CHECK(life.vault.rotation_due().key_age == kRotateEvery);
  NothingToDo data;
  REQUIRE(run(life.vault.rotate(&data)).value());
  CHECK_FALSE(life.vault.rotation_due().due());
  life.clock.now -= 1'000'000;  // a clock that was set back is no age below zero
  CHECK(life.vault.rotation_due().key_age == Duration(0));
}

TEST_CASE("Vault: a rotation gives every method the next key, present or not", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  const EpochKey before = life.vault.newest_key();
  NothingToDo data;
  data.busy_for = 3;
  REQUIRE(run(life.vault.rotate(&data)).value());
  CHECK(data.steps == 4);
  CHECK(life.vault.newest_key().epoch == 2);
  CHECK(life.vault.newest_key().key != before.key);
  CHECK_FALSE(life.vault.key_of(1));
  CHECK_FALSE(life.vault.is_rotating());
  CHECK_FALSE(life.table.rows.contains(kNext));
  CHECK(life.keyring.kept() == 2);  // the old key was let go
  for (int turn = 0; turn < 2; ++turn) {
    Life later(life.table.rows, 2);
    REQUIRE(run(later.vault.unlock(turn == 0 ? later.with_passphrase("open sesame")
                                             : later.with_recovery()))
                .value());
    CHECK(later.vault.newest_key().epoch == 2);
  }
}

TEST_CASE("Vault: a rotation that failed on the way goes on after an unlock", "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  NothingToDo data;
  data.fails = Error{.code = ErrorCode::kStoreFailed, .message = "no"};
  CHECK(code_of(run(life.vault.rotate(&data))) == ErrorCode::kStoreFailed);
  CHECK(life.vault.is_rotating());
  CHECK(life.vault.newest_key().epoch == 2);
  CHECK(life.vault.key_of(1));
  CHECK(life.vault.key_of(2));
  CHECK_FALSE(life.vault.key_of(3));
  CHECK(life.vault.header().epoch == 1);
  // Meanwhile, the methods stay as they are.
  CHECK(code_of(run(life.vault.add_method(life.with_recovery(), life.device()))) ==
        ErrorCode::kConflict);
  CHECK(code_of(run(life.vault.remove_method(life.id_of(MethodKind::kPassphrase)))) ==
        ErrorCode::kConflict);

  Life later(life.table.rows, 2);
  REQUIRE(run(later.vault.unlock(later.with_passphrase("open sesame"))).value());
  CHECK(later.vault.is_rotating());
  NothingToDo rest;
  REQUIRE(run(later.vault.rotate(&rest)).value());
  CHECK(later.vault.header().epoch == 2);
  CHECK(later.keyring.kept() == 2);
}

TEST_CASE("Vault: a removed method opens nothing that was made after the next rotation",
          "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  const auto old_rows = life.table.rows;
  REQUIRE(run(life.vault.remove_method(life.id_of(MethodKind::kPassphrase))).value());
  NothingToDo data;
  REQUIRE(run(life.vault.rotate(&data)).value());
  Entries entries(life.keyring, life.vault);
  const EntryName name{.workspace = "home", .id = "token", .version = 1, .purpose = "test"};
  const auto sealed = run(entries.seal(name, Sensitive<std::string>("new secret"))).value();
  REQUIRE(sealed);

  Life thief(old_rows, 9);  // an old copy of the header, and the passphrase that was removed
  REQUIRE(run(thief.vault.unlock(thief.with_passphrase("open sesame"))).value());
  Entries stolen(thief.keyring, thief.vault);
  CHECK(code_of(run(stolen.open(name, *sealed))) == ErrorCode::kStoreFailed);
}

// ---- Headers that are not the one that was written ----

std::string bend(const std::string& stored, const std::function<void(VaultHeader&)>& change) {
  const auto read = read_header(stored).value();
  VaultHeader header = read.header;
  change(header);
  return write_header(write_header_body(header), read.mac);
}

TEST_CASE("Vault: a header that anything was changed in is refused, whoever unlocks", "[vault]") {
  const FakeTable::Rows rows = made_vault();
  const std::vector<std::function<void(VaultHeader&)>> changes = {
      [](VaultHeader& header) { header.workspace_name = "Work"; },
      [](VaultHeader& header) { header.rotation_due = true; },
      [](VaultHeader& header) { header.rotating = true; },
      [](VaultHeader& header) { header.revision = 9; },
      [](VaultHeader& header) { header.epoch_started_at += 1; },
      [](VaultHeader& header) { header.epoch = 2; },
      [](VaultHeader& header) { header.id = VaultId("other"); },
      [](VaultHeader& header) { header.methods.erase(header.methods.begin()); },
      [](VaultHeader& header) { header.methods[1].label = "Mine"; },
      [](VaultHeader& header) { header.methods[1].anchor_pin[0] ^= 1; },
      [](VaultHeader& header) { header.methods[1].anchor_wrap[40] ^= 1; },
      [](VaultHeader& header) { header.methods[1].wrap[40] ^= 1; },
      [](VaultHeader& header) { header.methods[0].argon2 = kArgon2FloorLowMemory; },
  };
  for (std::size_t at = 0; at < changes.size(); ++at) {
    INFO("change " << at);
    Life life(rows, 2);
    life.table.rows[kHeader] = bend(rows.at(kHeader), changes[at]);
    CHECK(code_of(run(life.vault.unlock(life.with_recovery()))) == ErrorCode::kStoreFailed);
    CHECK(life.keyring.kept() == 0);
  }
}

TEST_CASE("Vault: a header that somebody else made for the same people is refused", "[vault]") {
  // Sealing to a public key needs no secret: whoever can write the header can put a vault key of
  // their own in it, sealed for everybody. Only the pin tells.
  const FakeTable::Rows rows = made_vault();
  const VaultHeader real = read_header(rows.at(kHeader)).value().header;
  Life thief({}, 9);
  REQUIRE(run(thief.vault.create("Home", thief.first_methods("thief"))).value());
  VaultHeader forged = real;
  std::vector<WrapFor> anchors;
  std::vector<WrapFor> keys;
  for (const UnlockMethod& method : forged.methods) {
    anchors.push_back({.public_key = method.public_key, .ad = anchor_context(forged, method)});
    keys.push_back({.public_key = method.public_key, .ad = wrap_context(forged, method)});
  }
  const auto anchor = thief.keyring.chest().make(anchors).value();
  const auto key = thief.keyring.chest().make(keys).value();
  for (std::size_t at = 0; at < forged.methods.size(); ++at) {
    forged.methods[at].anchor_wrap = anchor.wraps[at];
    forged.methods[at].wrap = key.wraps[at];
  }
  const KeyRef mac_key =
      thief.keyring.chest()
          .subkey(anchor.key, forged.id.value, "automator67/vault/v1/header", KeyUse::kMac)
          .value();
  const std::string body = write_header_body(forged);
  const std::string mac = thief.keyring.chest().mac(mac_key, body).value();

  Life life(rows, 2);
  life.table.rows[kHeader] = write_header(body, mac);
  const auto unlocked = run(life.vault.unlock(life.with_passphrase("open sesame"))).value();
  REQUIRE_FALSE(unlocked);
  CHECK(unlocked.error().code == ErrorCode::kStoreFailed);
  CHECK_FALSE(life.vault.is_open());
}

TEST_CASE("Vault: the header of a rotation cannot be forged, moved or left out of place",
          "[vault]") {
  Life life(made_vault());
  REQUIRE(run(life.vault.unlock(life.with_recovery())).value());
  NothingToDo data;
  data.fails = Error{.code = ErrorCode::kStoreFailed, .message = "no"};
  REQUIRE(code_of(run(life.vault.rotate(&data))) == ErrorCode::kStoreFailed);
  const FakeTable::Rows rows = life.table.rows;

  const auto unlock = [](const FakeTable::Rows& with) {
    Life later(with, 2);
    return run(later.vault.unlock(later.with_recovery())).value();
  };
  REQUIRE(unlock(rows));
  FakeTable::Rows bent = rows;
  bent[kNext] = bend(rows.at(kNext), [](VaultHeader& header) { header.revision += 1; });
  CHECK(unlock(bent).error().code == ErrorCode::kStoreFailed);
  FakeTable::Rows early = rows;  // moved into place before its time
  early[kHeader] = early.extract(kNext).mapped();
  CHECK(unlock(early).error().code == ErrorCode::kStoreFailed);
  FakeTable::Rows doubled = rows;
  doubled[kNext] = rows.at(kHeader);
  CHECK(unlock(doubled).error().code == ErrorCode::kStoreFailed);
  FakeTable::Rows cut = rows;
  cut[kNext].resize(100);
  CHECK(unlock(cut).error().code == ErrorCode::kStoreFailed);
}

TEST_CASE("Vault: the header of another workspace or vault does not pass for this one", "[vault]") {
  Life other({}, 5);
  REQUIRE(run(other.vault.create("Home", other.first_methods("open sesame"))).value());
  const FakeTable::Rows rows = made_vault();
  Life life(rows, 2);
  life.table.rows[kHeader] =
      bend(rows.at(kHeader), [](VaultHeader& header) { header.workspace = "work"; });
  CHECK(code_of(run(life.vault.unlock(life.with_recovery()))) == ErrorCode::kStoreFailed);
  // A newer, a damaged and a foreign one keep their own errors.
  Json newer = Json::parse(rows.at(kHeader));
  newer["version"] = 2;
  life.table.rows[kHeader] = dump_json(newer);
  CHECK(code_of(run(life.vault.unlock(life.with_recovery()))) == ErrorCode::kConflict);
  life.table.rows[kHeader] = "something";
  CHECK(code_of(run(life.vault.unlock(life.with_recovery()))) == ErrorCode::kInvalidInput);
  CHECK(life.keyring.kept() == 0);
}

TEST_CASE("Vault: no stored byte and no error holds a passphrase or a secret", "[vault]") {
  Life life;
  REQUIRE(run(life.vault.create("Home", life.first_methods("open sesame"))).value());
  REQUIRE(run(life.vault.add_method(life.with_recovery(), life.device())).value());
  for (const auto& [key, value] : life.table.rows) {
    for (const std::string& secret : {std::string("open sesame"), kRecoverySecret, kDeviceSecret}) {
      CHECK_FALSE(value.contains(secret));
      CHECK_FALSE(value.contains(base64url_encode(as_bytes(secret))));
    }
  }
}

}  // namespace
}  // namespace a67
