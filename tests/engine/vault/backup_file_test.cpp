#include "engine/vault/backup_file.h"

#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/state/backup_content.h"
#include "tests/engine/vault/support.h"

namespace a67 {
namespace {

using vault_test::FakeTable;
using vault_test::Life;
using vault_test::run;

Json load(const char* path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE(file);
  return parse_json(std::string(std::istreambuf_iterator<char>(file), {})).value();
}

std::string from_hex(const Json& object, std::string_view key) {
  const Bytes bytes = hex_decode(string_or(object, key, "missing")).value();
  return {bytes.begin(), bytes.end()};
}

const std::string& vector_file() {
  static const std::string kFile = from_hex(load(A67_BACKUP_VECTOR), "file");
  return kFile;
}

// With the digest that belongs to it now.
std::string with_digest(std::string bytes) {
  const Digest digest = sha256(bytes);
  return bytes + std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
}

// A vault in memory, opened by the vectors' passphrase.
struct Home {
  native::NativeKeyring keyring;
  FakeTable table;
  Random random = Random::from_number(1);
  vault_test::FakeClock clock;
  Vault vault{{.keyring = keyring, .table = table, .random = random, .clock = clock}, "home"};

  UnlockWith proof(const std::string& text = "correct horse battery st\xC3\xA4ple") {
    return {.kind = MethodKind::kPassphrase,
            .secret = keyring.chest().offer(Sensitive<std::string>(text)).value()};
  }
  Result<std::vector<Sensitive<std::string>>> open(const BackupFile& file) {
    auto copy = run(vault.open_copy(file.header, proof())).value();
    if (!copy) return std::unexpected(copy.error());
    return run(open_backup(&keyring, copy->key(), &file)).value();
  }
};

TEST_CASE("backup format 1: a file another program made is read", "[backup]") {
  const Json vector = load(A67_BACKUP_VECTOR);
  const auto file = read_backup_file(vector_file());
  REQUIRE(file);
  CHECK(hex_encode(file->id) == string_or(vector, "id"));
  CHECK(file->header.header.workspace_name == "At home");
  CHECK(write_backup_file(*file).value() == vector_file());

  Home home;
  const auto texts = home.open(*file);
  REQUIRE(texts);
  REQUIRE(texts->size() == array_at(vector, "texts").size());
  for (std::size_t at = 0; at < texts->size(); ++at) {
    CHECK((*texts)[at].expose() == array_at(vector, "texts")[at].get<std::string>());
  }
  const auto content = read_backup_content(*texts, "home");
  REQUIRE(content);
  CHECK(content->epoch == 42);
  CHECK(content->created_at == 1'800'000'000'123);
  CHECK(value_at(content->entities, "settings", "heartbeatSeconds") == 77);
}

TEST_CASE("backup: another secret opens nothing, and the secret that does is not let go of",
          "[backup]") {
  const auto file = read_backup_file(vector_file()).value();
  Home home;
  const auto refused = run(home.vault.open_copy(file.header, home.proof("not this one"))).value();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::kUnauthorized);

  const UnlockWith with = home.proof();
  CHECK(run(home.vault.open_copy(file.header, with)).value());
  CHECK(run(home.vault.open_copy(file.header, with)).value());
}

TEST_CASE("backup: a file cut at any place, or with a byte changed, is refused", "[backup]") {
  const std::string& whole = vector_file();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = read_backup_file(std::string_view(whole).substr(0, size));
    REQUIRE_FALSE(read);
    CHECK((size < 16 ? read.error().code == ErrorCode::kInvalidInput
                     : read.error().code == ErrorCode::kStoreFailed));
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string bent = whole;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    REQUIRE_FALSE(read_backup_file(bent));
  }
  CHECK(read_backup_file(whole + "x").error().code == ErrorCode::kStoreFailed);
}

TEST_CASE("backup: what is wrong is named", "[backup]") {
  CHECK(read_backup_file("PK\x03\x04 a zip").error().code == ErrorCode::kInvalidInput);
  std::string newer = vector_file().substr(0, vector_file().size() - 32);
  newer[19] = 2;
  const auto read = read_backup_file(with_digest(newer));
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::kConflict);
  CHECK(read.error().message.find("format 2") != std::string::npos);
  const auto cut = read_backup_file(std::string_view(vector_file()).substr(0, 2'000));
  CHECK(cut.error().message.find("cut short") != std::string::npos);
}

TEST_CASE("backup: no part can be moved, left out, put twice or taken from another", "[backup]") {
  const BackupFile file = read_backup_file(vector_file()).value();
  const auto refused = [](const BackupFile& bent) {
    // With a right digest, as somebody would give it who knows the format.
    const auto read = read_backup_file(write_backup_file(bent).value());
    REQUIRE(read);
    Home home;
    const auto opened = home.open(*read);
    return !opened && opened.error().code == ErrorCode::kStoreFailed;
  };
  CHECK_FALSE(refused(file));
  BackupFile bent = file;
  std::swap(bent.parts[1], bent.parts[2]);
  CHECK(refused(bent));
  bent = file;
  bent.parts.pop_back();
  CHECK(refused(bent));
  bent = file;
  bent.parts.push_back(bent.parts.back());
  CHECK(refused(bent));
  bent = file;
  bent.id[0] ^= 1;
  CHECK(refused(bent));

  // The same texts in another backup of the same vault.
  Home home;
  auto copy = run(home.vault.open_copy(file.header, home.proof())).value();
  REQUIRE(copy);
  auto texts = run(open_backup(&home.keyring, copy->key(), &file)).value();
  REQUIRE(texts);
  BackupFile other{.header = file.header, .header_text = file.header_text, .id = {9}, .parts = {}};
  REQUIRE(run(seal_backup(&home.keyring, copy->key(), &other, std::move(*texts))).value());
  CHECK_FALSE(refused(other));
  bent = file;
  bent.parts[2] = other.parts[2];
  CHECK(refused(bent));
}

TEST_CASE("backup: many parts, of any size", "[backup]") {
  const BackupFile file = read_backup_file(vector_file()).value();
  Home home;
  auto copy = run(home.vault.open_copy(file.header, home.proof())).value();
  REQUIRE(copy);
  std::vector<Sensitive<std::string>> texts;
  for (std::size_t at = 0; at < 40; ++at) {
    texts.emplace_back(std::string(at * at * 7, static_cast<char>('a' + at % 26)));
  }
  BackupFile made{.header = file.header, .header_text = file.header_text, .id = {1}, .parts = {}};
  REQUIRE(run(seal_backup(&home.keyring, copy->key(), &made, std::move(texts))).value());
  const auto read = read_backup_file(write_backup_file(made).value());
  REQUIRE(read);
  const auto opened = run(open_backup(&home.keyring, copy->key(), &*read)).value();
  REQUIRE(opened);
  REQUIRE(opened->size() == 40);
  for (std::size_t at = 0; at < 40; ++at) CHECK((*opened)[at].expose().size() == at * at * 7);
}

}  // namespace
}  // namespace a67
