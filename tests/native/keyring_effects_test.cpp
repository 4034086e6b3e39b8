// The door to keys as an engine uses it: effects out of an EffectBus, performed on a KeyChest.
#include "engine/native/keyring_effects.h"

#include <catch_amalgamated.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/api/effects.h"
#include "engine/base/encoding.h"
#include "engine/vault/wrap_key.h"

using namespace a67;          // NOLINT(google-build-using-namespace): a test
using namespace a67::native;  // NOLINT(google-build-using-namespace): a test

namespace {

template <class T>
Task<void> keep(Task<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

// An engine's side and a host's side.
struct Bench {
  KeyChest chest;
  Executor executor;
  std::vector<Json> out;
  std::vector<Json> seen;  // every message that went either way
  EffectBus bus{executor, [this](Json message) { out.push_back(std::move(message)); }};
  // Answers for the host when set.
  std::optional<Json> forged;

  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    TaskScope tasks(executor);
    tasks.spawn(keep(std::move(task), &result));
    for (int turn = 0; turn < 10 && !result; ++turn) {
      executor.run(executor.now());
      host();
    }
    REQUIRE(result);
    return std::move(*result);
  }

  void host() {
    for (const Json& message : std::exchange(out, {})) {
      seen.push_back(message);
      if (message["kind"] != "effect") continue;
      Result<Json> answer =
          perform_key_effect(chest, message["name"].get<std::string>(), message["body"]);
      if (forged) answer = *forged;
      const auto id = message["id"].get<std::int64_t>();
      if (answer) {
        seen.push_back(*answer);
        bus.on_result(id, std::move(*answer));
      } else {
        bus.on_error(id, answer.error());
      }
    }
  }
};

const std::string kSalt = "sixteen salt byt";

std::vector<PlainItem> items_of(const std::string& plain) {
  std::vector<PlainItem> items;
  items.push_back({.plain = Sensitive<std::string>(plain), .ad = "ad"});
  return items;
}

}  // namespace

TEST_CASE("key effects: a whole life of a vault key goes through the messages", "[keyring]") {
  Bench bench;
  const SecretRef secret =
      bench.chest.offer(Sensitive<std::string>("correct horse battery staple")).value();
  const auto method =
      bench.run(bench.bus.derive(secret, MethodKind::kPassphrase, kSalt, kArgon2FloorLowMemory));
  REQUIRE(method);
  const auto made =
      bench.run(bench.bus.make({{.public_key = method->public_key, .ad = std::string("a\0b", 3)}}));
  REQUIRE(made);
  REQUIRE(made->wraps.size() == 1);
  const std::string ad("a\0b", 3);
  const auto wraps = bench.run(bench.bus.rewrap(
      method->method, made->wraps[0], ad, {{.public_key = method->public_key, .ad = "other"}}));
  REQUIRE(wraps);
  const auto key = bench.run(bench.bus.open(method->method, wraps->front(), "other"));
  REQUIRE(key);
  const auto wrong = bench.run(bench.bus.open(method->method, wraps->front(), ad));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code == ErrorCode::kUnauthorized);
  CHECK(bench.run(bench.bus.pin(method->method, "bytes")).value() ==
        bench.chest.pin(method->method, "bytes").value());

  const auto seal_key = bench.run(bench.bus.subkey(*key, "salt", "info", KeyUse::kSeal));
  REQUIRE(seal_key);
  const std::string plain("\xFF\x00 hello", 8);
  const auto sealed = bench.run(bench.bus.seal(*seal_key, items_of(plain)));
  REQUIRE(sealed);
  std::vector<SealedItem> stored = {{.sealed = sealed->front(), .ad = "ad"},
                                    {.sealed = sealed->front(), .ad = "ax"}};
  const auto opened = bench.run(bench.bus.open_sealed(*seal_key, std::move(stored)));
  REQUIRE(opened);
  REQUIRE(opened->size() == 2);
  CHECK((*opened)[0]->expose() == plain);
  CHECK_FALSE((*opened)[1]);

  const auto mac_key = bench.run(bench.bus.subkey(made->key, "salt", "info", KeyUse::kMac));
  const auto same_key = bench.run(bench.bus.subkey(*key, "salt", "info", KeyUse::kMac));
  CHECK(bench.run(bench.bus.mac(*mac_key, "x")).value() ==
        bench.run(bench.bus.mac(*same_key, "x")).value());
  const auto chain = bench.run(bench.bus.subkey(*key, "", "next", KeyUse::kDerive));
  CHECK(chain);

  bench.bus.forget({mac_key->number});
  bench.bus.forget({});
  bench.host();
  const auto gone = bench.run(bench.bus.mac(*mac_key, "x"));
  REQUIRE_FALSE(gone);
  CHECK(gone.error().code == ErrorCode::kNotFound);
  bench.bus.forget_all();
  bench.host();
  CHECK(bench.chest.size() == 0);

  for (const Json& message : bench.seen) {
    CHECK_FALSE(dump_json(message).contains("correct horse"));
    CHECK_FALSE(
        dump_json(message).contains(base64url_encode(as_bytes("correct horse battery staple"))));
  }
}

TEST_CASE("key effects: a field that is missing or malformed is named", "[keyring]") {
  KeyChest chest;
  const SecretRef secret = chest.offer(Sensitive<std::string>("x")).value();
  const Json salt = base64url_encode(as_bytes(kSalt));
  const auto refused = [&](std::string_view name, const Json& body) {
    const auto answer = perform_key_effect(chest, name, body);
    return !answer && answer.error().code == ErrorCode::kInvalidInput;
  };
  const Json device = {{"secret", secret.number}, {"kind", "device"}, {"salt", salt}};
  for (const char* field : {"secret", "kind", "salt"}) {
    Json body = device;
    body[field] = "!";
    CHECK(refused("key.derive", body));
    body.erase(field);
    CHECK(refused("key.derive", body));
  }
  Json weak = device;
  weak["kind"] = "passphrase";
  CHECK(refused("key.derive", weak));
  for (const Json& argon2 : {Json{{"memoryKib", 8}, {"passes", 1}}, Json{{"memoryKib", "x"}},
                             Json{{"memoryKib", 65536}, {"passes", 1000}}}) {
    weak["argon2"] = argon2;
    CHECK(refused("key.derive", weak));
  }
  CHECK(refused("key.make", {{"publics", {"AAAA"}}, {"ad", {"AAAA"}}}));
  CHECK(refused("key.make", {{"publics", {"AAAA"}}, {"ad", Json::array()}}));
  CHECK(refused("key.make", {{"publics", {7}}, {"ad", {"AAAA"}}}));
  CHECK(refused("key.make", {{"publics", {salt}}, {"ad", {7}}}));
  for (const char* name : {"key.open", "key.rewrap"}) {
    CHECK(refused(name, {{"wrap", ""}, {"ad", ""}}));
    CHECK(refused(name, {{"method", 1}, {"ad", ""}}));
    CHECK(refused(name, {{"method", 1}, {"wrap", ""}}));
  }
  CHECK(refused("key.rewrap", {{"method", 1}, {"wrap", ""}, {"ad", ""}, {"publics", {""}}}));
  CHECK(refused("key.pin", {{"bytes", ""}}));
  CHECK(refused("key.pin", {{"method", 1}}));
  CHECK(refused("key.subkey", {{"salt", ""}, {"info", ""}, {"use", "mac"}}));
  CHECK(refused("key.subkey", {{"key", 1}, {"info", ""}, {"use", "mac"}}));
  CHECK(refused("key.subkey", {{"key", 1}, {"salt", ""}, {"use", "mac"}}));
  CHECK(refused("key.subkey", {{"key", 1}, {"salt", ""}, {"info", ""}, {"use", "sign"}}));
  CHECK(refused("key.seal", Json::object()));
  CHECK(refused("key.seal", {{"key", 1}, {"items", {{{"ad", ""}}}}}));
  CHECK(refused("key.seal", {{"key", 1}, {"items", {{{"plain", ""}}}}}));
  CHECK(refused("key.open_sealed", Json::object()));
  CHECK(refused("key.open_sealed", {{"key", 1}, {"items", {{{"ad", ""}}}}}));
  CHECK(refused("key.open_sealed", {{"key", 1}, {"items", {{{"sealed", ""}}}}}));
  CHECK(refused("key.mac", {{"bytes", ""}}));
  CHECK(refused("key.mac", {{"key", 1}}));
  CHECK(refused("key.mac", Json::array()));
  CHECK(perform_key_effect(chest, "key.steal", Json::object()).error().code ==
        ErrorCode::kInternal);
}

TEST_CASE("key effects: an answer of another form is an error, not a key", "[keyring]") {
  const std::vector<Json> odd = {
      Json::object(),
      Json::array(),
      {{"key", 0}},
      {{"key", "1"}},
      {{"method", 1}, {"public", "AAAA"}},
      {{"key", -3}, {"wraps", {"AAAA", "AAAA"}}, {"items", {7}}, {"mac", 7}},
      {{"items", {{{"plain", "!"}}}}, {"wraps", {"!"}}, {"mac", "!"}}};
  for (const Json& answer : odd) {
    INFO(dump_json(answer));
    Bench bench;
    bench.forged = answer;
    const auto odd_one = [](const auto& result) {
      return !result && result.error().code == ErrorCode::kInternal;
    };
    const WrapFor one{.public_key = {}, .ad = ""};
    CHECK(odd_one(bench.run(bench.bus.derive({1}, MethodKind::kDevice, kSalt, std::nullopt))));
    CHECK(odd_one(bench.run(bench.bus.make({one}))));
    CHECK(odd_one(bench.run(bench.bus.rewrap({1}, "", "", {one}))));
    CHECK(odd_one(bench.run(bench.bus.open({1}, "", ""))));
    CHECK(odd_one(bench.run(bench.bus.pin({1}, ""))));
    CHECK(odd_one(bench.run(bench.bus.subkey({1}, "", "", KeyUse::kMac))));
    CHECK(odd_one(bench.run(bench.bus.seal({1}, items_of("x")))));
    CHECK(odd_one(bench.run(bench.bus.open_sealed({1}, {{.sealed = "x", .ad = ""}}))));
    CHECK(odd_one(bench.run(bench.bus.mac({1}, ""))));
  }
}
