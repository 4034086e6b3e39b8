#include "engine/vault/vault.h"

#include <catch_amalgamated.hpp>
#include <string>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/vault/entry.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::code_of;
using vault_test::FakeTable;
using vault_test::kRecoverySecret;
using vault_test::Life;
using vault_test::made_vault;
using vault_test::NothingToDo;
using vault_test::run;

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

}  // namespace
}  // namespace a67
