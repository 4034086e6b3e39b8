#include "engine/vault/header.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <functional>
#include <set>
#include <string>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/vault/fields.h"
#include "engine/vault/wrap_key.h"

namespace a67 {
namespace {

UnlockMethod sample_method(std::string id, MethodKind kind) {
  UnlockMethod method{.id = MethodId(std::move(id)),
                      .kind = kind,
                      .label = "My way in",
                      .created_at = 1'800'000'000'000,
                      .salt = std::string(16, 's'),
                      .anchor_wrap = std::string(kWrapBytes, 'a'),
                      .anchor_pin = std::string(32, 'p'),
                      .wrap = std::string(kWrapBytes, 'w')};
  method.public_key.fill(static_cast<std::uint8_t>(method.id.value.back()));
  if (kind == MethodKind::kPassphrase) method.argon2 = kArgon2Floor;
  if (kind == MethodKind::kPasskey) method.credential = "credential";
  return method;
}

VaultHeader sample() {
  return {.id = VaultId("vault1"),
          .workspace = "home",
          .workspace_name = "At home \xC3\xA4",
          .created_at = 1'800'000'000'000,
          .epoch = 3,
          .epoch_started_at = 1'800'000'000'001,
          .revision = 17,
          .rotating = false,
          .rotation_due = true,
          .methods = {sample_method("m1", MethodKind::kPassphrase),
                      sample_method("m2", MethodKind::kRecovery),
                      sample_method("m3", MethodKind::kPasskey),
                      sample_method("m4", MethodKind::kDevice)}};
}

const std::string kMac(32, 'm');

std::string stored(const VaultHeader& header) {
  return write_header(write_header_body(header), kMac);
}

// Changes the body and gives it a right checksum.
std::string with_body(const std::function<void(Json&)>& change) {
  Json body = Json::parse(write_header_body(sample()));
  change(body);
  return write_header(dump_json(body), kMac);
}

std::string with_outer(const std::function<void(Json&)>& change) {
  Json outer = Json::parse(stored(sample()));
  change(outer);
  return dump_json(outer);
}

ErrorCode code_of(std::string_view text) {
  const auto read = read_header(text);
  REQUIRE_FALSE(read);
  CHECK_FALSE(read.error().hint.empty());  // each says what to do next
  return read.error().code;
}

TEST_CASE("vault header: what is written is read", "[vault]") {
  const auto read = read_header(stored(sample()));
  REQUIRE(read);
  CHECK(read->header == sample());
  CHECK(read->mac == kMac);
  CHECK(read->body == write_header_body(sample()));
  CHECK(read->header.find(MethodId("m3")) == &read->header.methods[2]);
  CHECK(read->header.find(MethodId("m5")) == nullptr);
}

TEST_CASE("vault header: a newer format says to update", "[vault]") {
  const std::string newer = with_outer([](Json& outer) {
    outer["version"] = 2;
    outer["body"] = Json::object();
  });
  CHECK(code_of(newer) == ErrorCode::kConflict);
  CHECK(read_header(newer).error().hint.starts_with("Update"));
}

TEST_CASE("vault header: something else is not called damaged", "[vault]") {
  for (const std::string_view text :
       {"", "{}", "[]", "hello", R"({"format":"other","version":1})"}) {
    INFO(text);
    CHECK(code_of(text) == ErrorCode::kInvalidInput);
  }
  CHECK(code_of(std::string(kHeaderBytesMax + 1, ' ')) == ErrorCode::kInvalidInput);
}

TEST_CASE("vault header: cut or bent anywhere, it is never read", "[vault]") {
  const std::string text = stored(sample());
  for (std::size_t at = 0; at < text.size(); ++at) {
    CHECK_FALSE(read_header(text.substr(0, at)));
    std::string bent = text;
    bent[at] ^= 1;
    // The MAC is checked later, by the key; a bent one is merely another one.
    const auto read = read_header(bent);
    if (read) CHECK(read->mac != kMac);
  }
  CHECK(code_of(text.substr(0, text.size() / 2)) == ErrorCode::kStoreFailed);
}

TEST_CASE("vault header: each field has its limits", "[vault]") {
  const auto damaged = [](const std::function<void(Json&)>& change) {
    return code_of(with_body(change)) == ErrorCode::kStoreFailed;
  };
  CHECK(damaged([](Json& body) { body.erase("id"); }));
  CHECK(damaged([](Json& body) { body["id"] = "Upper"; }));
  CHECK(damaged([](Json& body) { body["workspace"] = ""; }));
  CHECK(damaged([](Json& body) { body["workspaceName"] = "line\nbreak"; }));
  CHECK(damaged([](Json& body) { body["workspaceName"] = std::string(201, 'a'); }));
  CHECK(damaged([](Json& body) { body["epoch"] = 0; }));
  CHECK(damaged([](Json& body) { body["epoch"] = 1.5; }));
  CHECK(damaged([](Json& body) { body["epoch"] = std::int64_t{1} << 32; }));
  CHECK(damaged([](Json& body) { body["revision"] = -1; }));
  CHECK(damaged([](Json& body) { body["rotating"] = 1; }));
  CHECK(damaged([](Json& body) { body["extra"] = 1; }));
  CHECK(damaged([](Json& body) { body["methods"] = Json::array(); }));
  CHECK(damaged([](Json& body) { body["methods"] = Json::object(); }));
  CHECK(damaged([](Json& body) {
    for (int i = 0; i < 20; ++i) body["methods"].push_back(body["methods"][1]);
  }));
  CHECK(damaged([](Json& body) { body = Json::array(); }));
  CHECK(code_of(write_header("no json", kMac)) == ErrorCode::kStoreFailed);
}

TEST_CASE("vault header: each field of a method has its limits", "[vault]") {
  const auto damaged = [](std::size_t at, const std::function<void(Json&)>& change) {
    return code_of(with_body([&](Json& body) { change(body["methods"][at]); })) ==
           ErrorCode::kStoreFailed;
  };
  CHECK(damaged(0, [](Json& method) { method["kind"] = "password"; }));
  CHECK(damaged(0, [](Json& method) { method["label"] = ""; }));
  CHECK(damaged(0, [](Json& method) { method["label"] = std::string(129, 'a'); }));
  CHECK(damaged(0, [](Json& method) { method["salt"] = "AAAA"; }));
  CHECK(damaged(0, [](Json& method) { method["salt"] = "not base64!"; }));
  CHECK(damaged(0, [](Json& method) { method["public"] = "AAAA"; }));
  CHECK(damaged(0, [](Json& method) { method["wrap"] = "AAAA"; }));
  CHECK(damaged(0, [](Json& method) { method["anchorPin"] = 7; }));
  CHECK(damaged(0, [](Json& method) { method.erase("argon2"); }));
  CHECK(damaged(0, [](Json& method) { method["argon2"] = 3; }));
  CHECK(damaged(1, [](Json& method) { method["argon2"] = {{"memoryKib", 65536}, {"passes", 3}}; }));
  CHECK(damaged(1, [](Json& method) { method["credential"] = "AAAA"; }));
  CHECK(damaged(2, [](Json& method) { method["credential"] = ""; }));
  CHECK(damaged(1, [](Json& method) { method["id"] = "m1"; }));  // twice
  CHECK(damaged(1, [](Json& method) { method = 7; }));
  const std::string same_key =
      with_body([](Json& body) { body["methods"][1]["public"] = body["methods"][0]["public"]; });
  CHECK(code_of(same_key) == ErrorCode::kStoreFailed);
}

TEST_CASE("vault header: weak and absurd Argon2id parameters are refused by name", "[vault]") {
  const auto read_with = [](std::int64_t memory_kib, std::int64_t passes) {
    return read_header(with_body([&](Json& body) {
      body["methods"][0]["argon2"] = {{"memoryKib", memory_kib}, {"passes", passes}};
    }));
  };
  CHECK(read_with(32768, 6));
  CHECK(read_with(1048576, 50));
  for (const auto& [memory, passes] : {std::pair{8, 1}, {65536, 2}, {32768, 5}}) {
    const auto read = read_with(memory, passes);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kInvalidInput);
    CHECK(read.error().message.contains("too weak"));
  }
  for (const auto& [memory, passes] : {std::pair{1048577, 3}, {65536, 51}}) {
    const auto read = read_with(memory, passes);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == ErrorCode::kInvalidInput);
    CHECK(read.error().message.contains("too much work"));
  }
}

TEST_CASE("vault header: what is to be written is checked as well", "[vault]") {
  CHECK(check_header(sample()));
  VaultHeader header = sample();
  header.methods[0].argon2 = Argon2Params{.memory_kib = 8, .passes = 1};
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods[0].label = "\xFF";
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods[0].anchor_wrap.clear();
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods[0].anchor_pin.clear();
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods[0].salt.clear();
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods[0].id = MethodId("");
  CHECK_FALSE(check_header(header));
  header = sample();
  header.id = VaultId(std::string(65, 'a'));
  CHECK_FALSE(check_header(header));
  header = sample();
  header.methods.resize(17, header.methods[0]);
  CHECK_FALSE(check_header(header));
}

TEST_CASE("vault header: the largest one that may be written is read", "[vault]") {
  VaultHeader header = sample();
  header.workspace_name = std::string(kWorkspaceNameBytesMax, '"');
  header.methods.clear();
  for (std::size_t at = 0; at < kMethodsMax; ++at) {
    UnlockMethod method = sample_method(
        std::string(kIdBytesMax - 1, 'x') + static_cast<char>('a' + at), MethodKind::kPasskey);
    method.label = std::string(kLabelBytesMax, '"');
    method.credential = std::string(kCredentialBytesMax, 'c');
    header.methods.push_back(std::move(method));
  }
  REQUIRE(check_header(header));
  const auto read = read_header(stored(header));
  REQUIRE(read);
  CHECK(read->header == header);
}

TEST_CASE("vault header: every piece is bound to its vault, epoch, method and kind", "[vault]") {
  const VaultHeader header = sample();
  VaultHeader other_vault = header;
  other_vault.id = VaultId("vault2");
  VaultHeader other_epoch = header;
  ++other_epoch.epoch;
  UnlockMethod other_kind = header.methods[0];
  other_kind.kind = MethodKind::kDevice;
  const std::set<std::string> wraps = {
      wrap_context(header, header.methods[0]), wrap_context(header, header.methods[1]),
      wrap_context(header, other_kind), wrap_context(other_vault, header.methods[0]),
      wrap_context(other_epoch, header.methods[0])};
  CHECK(wraps.size() == 5);
  const std::set<std::string> anchors = {
      anchor_context(header, header.methods[0]), anchor_context(header, header.methods[1]),
      anchor_context(header, other_kind), anchor_context(other_vault, header.methods[0])};
  CHECK(anchors.size() == 4);
  const std::set<std::string> pins = {
      pin_message(header, header.methods[0], "c"), pin_message(header, header.methods[0], "d"),
      pin_message(header, header.methods[1], "c"), pin_message(other_vault, header.methods[0], "c"),
      pin_message(header, other_kind, "c")};
  CHECK(pins.size() == 5);
}

TEST_CASE("join_fields: no two lists give the same bytes", "[vault]") {
  CHECK(join_fields({"a", "bc"}) == std::string("\0\0\0\1a\0\0\0\2bc", 11));
  const std::set<std::string> all = {join_fields({}),          join_fields({""}),
                                     join_fields({"", ""}),    join_fields({"ab", "c"}),
                                     join_fields({"a", "bc"}), join_fields({"abc"})};
  CHECK(all.size() == 6);
}

}  // namespace
}  // namespace a67
