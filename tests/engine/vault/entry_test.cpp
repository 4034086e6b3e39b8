#include "engine/vault/entry.h"

#include <catch_amalgamated.hpp>
#include <set>
#include <string>

#include "engine/base/encoding.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::Life;
using vault_test::run;

const EntryName kName{.workspace = "home", .id = "token", .version = 7, .purpose = "provider"};

struct Opened : Life {
  Opened() { REQUIRE(run(vault.create("Home", first_methods("open sesame"))).value()); }

  std::string seal(const EntryName& name, const std::string& plain) {
    return run(entries.seal(name, Sensitive<std::string>(plain))).value().value();
  }
  std::optional<std::string> open(const EntryName& name, const std::string& stored) {
    const auto plain = run(entries.open(name, stored)).value();
    if (!plain) {
      CHECK(plain.error().code == ErrorCode::kStoreFailed);
      return std::nullopt;
    }
    return plain->expose();
  }

  Entries entries{keyring, vault};
};

TEST_CASE("Entries: what is sealed opens, whatever its length", "[vault]") {
  Opened life;
  for (const std::size_t size : {0U, 1U, 59U, 60U, 61U, 1020U, 1021U, 5000U, 262144U}) {
    const std::string plain(size, 'x');
    CHECK(life.open(kName, life.seal(kName, plain)) == plain);
  }
  CHECK(life.keyring.kept() == 2);  // no subkey is left behind
  const auto large =
      run(life.entries.seal(kName, Sensitive<std::string>(std::string(262145, 'x')))).value();
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::kTooLarge);
}

TEST_CASE("Entries: sealed twice, the same secret looks different", "[vault]") {
  Opened life;
  CHECK(life.seal(kName, "secret") != life.seal(kName, "secret"));
}

TEST_CASE("Entries: one that was moved, renamed or put back does not open", "[vault]") {
  Opened life;
  const std::string stored = life.seal(kName, "secret");
  EntryName name = kName;
  name.workspace = "work";
  CHECK_FALSE(life.open(name, stored));
  name = kName;
  name.id = "tokem";
  CHECK_FALSE(life.open(name, stored));
  name = kName;
  name.version = 6;
  CHECK_FALSE(life.open(name, stored));
  name = kName;
  name.purpose = "app";
  CHECK_FALSE(life.open(name, stored));
  CHECK(life.open(kName, stored) == "secret");
}

TEST_CASE("Entries: one that was cut or bent anywhere does not open", "[vault]") {
  Opened life;
  const std::string stored = life.seal(kName, "secret");
  for (std::size_t at = 0; at < stored.size(); ++at) {
    INFO(at);
    CHECK_FALSE(run(life.entries.open(kName, stored.substr(0, at))).value());
    std::string bent = stored;
    bent[at] = bent[at] == 'A' ? 'B' : 'A';
    CHECK_FALSE(run(life.entries.open(kName, bent)).value());
  }
}

TEST_CASE("Entries: one of another epoch or a locked vault is not opened", "[vault]") {
  Opened life;
  const std::string stored = life.seal(kName, "secret");
  std::string other_epoch = stored;
  other_epoch.replace(0, 5, "e1.2.");
  CHECK_FALSE(life.open(kName, other_epoch));
  life.vault.lock();
  CHECK(run(life.entries.open(kName, stored)).value().error().code == ErrorCode::kUnauthorized);
  CHECK(run(life.entries.seal(kName, Sensitive<std::string>("x"))).value().error().code ==
        ErrorCode::kUnauthorized);
  CHECK(run(life.entries.reseal(kName, stored)).value().error().code == ErrorCode::kUnauthorized);
}

TEST_CASE("Entries: a stored form that is not ours is named", "[vault]") {
  const auto code = [](std::string_view text) { return read_entry(text).error().code; };
  CHECK(code("") == ErrorCode::kStoreFailed);
  CHECK(code("e1.") == ErrorCode::kStoreFailed);
  CHECK(code("e1.1.") == ErrorCode::kStoreFailed);
  CHECK(code("e1.1.AAAA") == ErrorCode::kStoreFailed);
  CHECK(code("e2.1.AAAA") == ErrorCode::kConflict);
  CHECK(code("e12.whatever") == ErrorCode::kConflict);
  CHECK(code("e.1.AAAA") == ErrorCode::kStoreFailed);
  CHECK(code("x1.1.AAAA") == ErrorCode::kStoreFailed);
  CHECK(code(std::string(1 << 20, 'e')) == ErrorCode::kStoreFailed);
  const std::string body = base64url_encode(Bytes(92, 1));
  CHECK(read_entry("e1.1." + body));
  CHECK(read_entry("e1.4294967295." + body));
  CHECK(code("e1.0." + body) == ErrorCode::kStoreFailed);
  CHECK(code("e1.01." + body) == ErrorCode::kStoreFailed);
  CHECK(code("e1.-1." + body) == ErrorCode::kStoreFailed);
  CHECK(code("e1.4294967296." + body) == ErrorCode::kStoreFailed);
  CHECK(code("e1.99999999999." + body) == ErrorCode::kStoreFailed);
  CHECK(code("e1.1." + base64url_encode(Bytes(91, 1))) == ErrorCode::kStoreFailed);
}

TEST_CASE("padding: a length tells little, and costs little", "[vault]") {
  CHECK(padded_size(0) == 64);
  CHECK(padded_size(1) == 64);
  CHECK(padded_size(64) == 64);
  CHECK(padded_size(65) == 128);
  CHECK(padded_size(1024) == 1024);
  CHECK(padded_size(1025) == 1088);
  CHECK(padded_size(262148) == 270336);
  std::size_t before = 0;
  for (std::size_t size = 0; size <= 300'000; ++size) {
    const std::size_t padded = padded_size(size);
    if (padded < size || padded < before || padded_size(padded) != padded) FAIL(size);
    if (size > 1024 && (padded - size) * 100 > size * 12) FAIL(size);
    before = padded;
  }
}

TEST_CASE("padding: what is not as it was written is not taken", "[vault]") {
  const std::string padded = pad_entry("secret").expose();
  CHECK(padded.size() == 64);
  CHECK(unpad_entry(padded)->expose() == "secret");
  std::string dirty = padded;
  dirty.back() = 1;
  CHECK_FALSE(unpad_entry(dirty));
  CHECK_FALSE(unpad_entry(padded + std::string(64, '\0')));
  CHECK_FALSE(unpad_entry(padded.substr(0, 63)));
  CHECK_FALSE(unpad_entry("abc"));
  CHECK_FALSE(unpad_entry(std::string(64, '\xFF')));
}

TEST_CASE("entry contexts: every part counts", "[vault]") {
  EntryName other = kName;
  other.id = "tokenx";
  other.purpose = "rovider";
  CHECK(entry_context(kName, 1) != entry_context(other, 1));
  CHECK(entry_context(kName, 1) != entry_context(kName, 2));
  EntryName version = kName;
  version.version = 8;
  const std::set<std::string> infos = {entry_subkey_info(kName), entry_subkey_info(other),
                                       entry_subkey_info(version)};
  CHECK(infos.size() == 3);
}

}  // namespace
}  // namespace a67
