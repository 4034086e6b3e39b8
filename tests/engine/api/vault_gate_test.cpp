#include <catch_amalgamated.hpp>

#include "engine/state/snapshot.h"
#include "tests/engine/api/vault_host.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kOther = "eleven brass owls read maps";

std::int64_t heartbeat(VaultHost& host) {
  return int_or(host.ask("settings.get", Json::object())->body["settings"], "heartbeatSeconds");
}

// Everything stored, as the bytes that lie there.
std::string stored(VaultHost& host) {
  std::string all;
  for (const auto& [key, value] : host.table()) {
    const auto bytes = base64url_decode(value);
    all += key + std::string(bytes->begin(), bytes->end());
  }
  for (const auto& [key, value] : host.store()) all += key + value;
  return all;
}

}  // namespace

TEST_CASE("vault: without one, only its own commands are answered", "[gate]") {
  VaultHost host;
  CHECK(host.vault()["state"] == "absent");
  const auto refused = host.ask("engine.state", Json::object());
  REQUIRE(refused);
  CHECK(refused->code() == "locked");
  CHECK(host.ask("vault.rotate", Json::object())->code() == "locked");
  CHECK(host.unlock(kPassphrase)->code() == "not_found");
}

TEST_CASE("vault: what was acknowledged is there after a reload and an unlock", "[gate]") {
  VaultHost host;
  const auto created = host.create(kPassphrase);
  REQUIRE(created);
  REQUIRE(created->ok);
  CHECK(created->body["vault"]["state"] == "open");
  CHECK(created->body["vault"]["keyEpoch"] == 1);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 77}})->ok);
  const Json before = host.ask("engine.state", Json::object())->body;

  host.start();
  CHECK(host.vault()["state"] == "locked");
  CHECK(host.vault()["name"] == "My cloud");
  CHECK_FALSE(host.vault().contains("keyEpoch"));
  CHECK(host.ask("settings.get", Json::object())->code() == "locked");
  CHECK(host.unlock(kOther)->code() == "unauthorized");
  CHECK(host.vault()["state"] == "locked");

  const auto unlocked = host.unlock(kPassphrase);
  REQUIRE(unlocked);
  REQUIRE(unlocked->ok);
  CHECK(heartbeat(host) == 77);
  const Json after = host.ask("engine.state", Json::object())->body;
  CHECK(after["controller"]["id"] == before["controller"]["id"]);
  CHECK(after["controller"]["epoch"] == before["controller"]["epoch"].get<std::int64_t>() + 1);
}

TEST_CASE("vault: the recovery kit opens it, too", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  host.start();
  const auto end = host.ask("vault.unlock",
                            {{"kind", "recovery"}, {"secret", host.offer(VaultHost::kRecovery)}});
  REQUIRE(end);
  CHECK(end->ok);
}

TEST_CASE("vault: nothing that is stored shows what it holds", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 77}})->ok);
  const std::string bytes = stored(host);
  for (const char* secret : {kPassphrase.c_str(), VaultHost::kRecovery.c_str(), "heartbeatSeconds",
                             "meshKey", "identity"}) {
    INFO(secret);
    CHECK(bytes.find(secret) == std::string::npos);
  }
  // The search finds what is there.
  CHECK(bytes.find("My cloud") != std::string::npos);
  for (const Json& message : host.out()) {
    CHECK(message.dump().find(kPassphrase) == std::string::npos);
  }
}

TEST_CASE("vault: what an earlier version kept in the open is taken over and emptied", "[gate]") {
  VaultHost host;
  State state;
  state.settings.heartbeat_seconds = 99;
  host.store()["state"] = write_snapshot(state);
  host.store()["identity"] = std::string(64, 'a');
  host.store()["epoch"] = "41";
  REQUIRE(host.create(kPassphrase)->ok);
  CHECK(heartbeat(host) == 99);
  CHECK(host.ask("engine.state", Json::object())->body["controller"]["epoch"] == 43);
  CHECK(host.store()["state"].empty());
  CHECK(host.store()["identity"].empty());
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(heartbeat(host) == 99);
}

TEST_CASE("vault: what a stop left in the open is emptied at the next unlock", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 99}})->ok);
  SECTION("of state alone") {
    host.store()["state"] = write_snapshot(State{});
    host.start();
    REQUIRE(host.unlock(kPassphrase)->ok);
    CHECK(host.store()["state"].empty());
  }
  SECTION("but not what an older version has kept for itself since") {
    host.store()["state"] = write_snapshot(State{});
    host.store()["identity"] = std::string(64, 'b');
    host.start();
    REQUIRE(host.unlock(kPassphrase)->ok);
    CHECK_FALSE(host.store()["state"].empty());
  }
  CHECK(heartbeat(host) == 99);
}

TEST_CASE("vault: a device's own secret may be the only way in, and get company", "[gate]") {
  VaultHost host;
  const std::string key(32, 'd');
  const auto incomplete = [&](Json body) {
    body["name"] = "My cloud";
    const auto end = host.ask("vault.create", std::move(body));
    CHECK(end->code() == "invalid_input");
  };
  incomplete({{"device", host.offer(key)}, {"passphrase", host.offer(kPassphrase)}});
  incomplete({{"passphrase", host.offer(kPassphrase)}, {"argon2", VaultHost::kCost}});
  incomplete({{"recovery", host.offer(VaultHost::kRecovery)}});
  incomplete(Json::object());
  REQUIRE(host.ask("vault.create", {{"name", "My cloud"}, {"device", host.offer(key)}})->ok);
  host.start();
  REQUIRE(host.ask("vault.unlock", {{"kind", "device"}, {"secret", host.offer(key)}})->ok);

  const Json added = {{"kind", "passphrase"}, {"label", "Passphrase"}, {"withKind", "device"}};
  Json without_cost = added;
  without_cost["secret"] = host.offer(kPassphrase);
  without_cost["with"] = host.offer(key);
  CHECK(host.ask("vault.add_method", without_cost)->code() == "invalid_input");
  Json whole = added;
  whole["secret"] = host.offer(kPassphrase);
  whole["with"] = host.offer(key);
  whole["argon2"] = VaultHost::kCost;
  const auto end = host.ask("vault.add_method", whole);
  REQUIRE(end->ok);
  REQUIRE(end->body["vault"]["methods"].size() == 2);
  const Json device = end->body["vault"]["methods"][0]["id"];
  CHECK(host.ask("vault.remove_method", {{"method", device}})->body["vault"]["keyEpoch"] == 2);
  host.start();
  CHECK(host.ask("vault.unlock", {{"kind", "device"}, {"secret", host.offer(key)}})->code() ==
        "unauthorized");
  CHECK(host.unlock(kPassphrase)->ok);
}

TEST_CASE("vault: another passphrase takes the place of the old one", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  const auto change = [&](const std::string& current) {
    return host.ask("vault.change_passphrase", {{"current", host.offer(current)},
                                                {"passphrase", host.offer(kOther)},
                                                {"argon2", VaultHost::kCost}});
  };
  CHECK(change("not this one")->code() == "unauthorized");
  REQUIRE(change(kPassphrase)->ok);
  host.start();
  CHECK(host.unlock(kPassphrase)->code() == "unauthorized");
  CHECK(host.unlock(kOther)->ok);
}

TEST_CASE("vault: a way in is added and removed, and removing it changes the key", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 77}})->ok);
  const std::string answer(32, 'p');
  const auto added = host.ask("vault.add_method", {{"kind", "passkey"},
                                                   {"label", "Laptop"},
                                                   {"secret", host.offer(answer)},
                                                   {"salt", "AAAAAAAAAAAAAAAAAAAAAA"},
                                                   {"credential", "Y3JlZA"},
                                                   {"withKind", "passphrase"},
                                                   {"with", host.offer(kPassphrase)}});
  REQUIRE(added);
  REQUIRE(added->ok);
  const Json method = added->body["vault"]["methods"].back();
  CHECK(method["kind"] == "passkey");
  CHECK(method["salt"] == "AAAAAAAAAAAAAAAAAAAAAA");
  CHECK(method["credential"] == "Y3JlZA");
  host.start();
  REQUIRE(host.ask("vault.unlock", {{"kind", "passkey"}, {"secret", host.offer(answer)}})->ok);

  const auto removed = host.ask("vault.remove_method", {{"method", method["id"]}});
  REQUIRE(removed);
  REQUIRE(removed->ok);
  CHECK(removed->body["vault"]["keyEpoch"] == 2);
  host.start();
  CHECK(host.ask("vault.unlock", {{"kind", "passkey"}, {"secret", host.offer(answer)}})->code() ==
        "unauthorized");
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(heartbeat(host) == 77);
}

TEST_CASE("vault: after a rotation everything opens with the new key alone", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  for (int value = 10; value < 40; ++value) {
    REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", value}})->ok);
  }
  const auto rotated = host.ask("vault.rotate", Json::object());
  REQUIRE(rotated);
  REQUIRE(rotated->ok);
  CHECK(rotated->body["vault"]["keyEpoch"] == 2);
  CHECK_FALSE(host.table().contains("w/main/header.next"));
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 50}})->ok);
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(heartbeat(host) == 50);
}

TEST_CASE("vault: a stop at any batch loses nothing that was acknowledged", "[gate]") {
  const bool kept = GENERATE(false, true);
  bool ran_through = false;
  for (std::size_t batches = 0; !ran_through; ++batches) {
    REQUIRE(batches < 60);
    INFO("stopped after " << batches << " batches, the last " << (kept ? "kept" : "lost"));
    VaultHost host;
    host.stop_after(batches, kept);
    std::int64_t acknowledged = 0;
    bool created = false;
    const auto ask = [&](const char* name, Json body) {
      const auto end = host.ask(name, std::move(body));
      return end && end->ok;
    };
    if (const auto end = host.create(kPassphrase); end && end->ok) created = true;
    for (const std::int64_t value : {101, 102, 103}) {
      if (!host.stopped() && ask("settings.set", {{"heartbeatSeconds", value}}))
        acknowledged = value;
    }
    if (!host.stopped()) (void)ask("vault.rotate", Json::object());
    if (!host.stopped() && ask("settings.set", {{"heartbeatSeconds", 104}})) acknowledged = 104;
    ran_through = !host.stopped();

    host.go_on();
    host.start();
    if (host.vault()["state"] == "absent") {
      CHECK_FALSE(created);
      CHECK(acknowledged == 0);
      continue;
    }
    const auto unlocked = host.unlock(kPassphrase);
    REQUIRE(unlocked);
    INFO(unlocked->body.dump());
    REQUIRE(unlocked->ok);
    CHECK(heartbeat(host) >= acknowledged);
    REQUIRE(host.ask("vault.rotate", Json::object())->ok);
    REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 60}})->ok);
  }
}

TEST_CASE("vault: an engine may end in the middle of a rotation that goes on by itself", "[gate]") {
  for (std::size_t batches = 0; batches < 12; ++batches) {
    INFO("the second engine is stopped after " << batches << " batches");
    VaultHost host;
    REQUIRE(host.create(kPassphrase)->ok);
    for (int value = 10; value < 40; ++value) {
      REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", value}})->ok);
    }
    host.stop_after(2, true);
    REQUIRE_FALSE(host.ask("vault.rotate", Json::object()));
    host.go_on();
    host.start();
    host.stop_after(batches, true);
    (void)host.unlock(kPassphrase);
    host.go_on();
    host.start();
    REQUIRE(host.unlock(kPassphrase)->ok);
    CHECK(heartbeat(host) == 39);
  }
}

TEST_CASE("vault: what a full device refused never takes effect", "[gate]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 71}})->ok);
  host.refuse_with(Error{.code = ErrorCode::kDiskFull, .message = "The device is full."});
  const auto refused = host.ask("settings.set", {{"heartbeatSeconds", 72}});
  REQUIRE(refused);
  CHECK(refused->code() == "disk_full");
  CHECK(heartbeat(host) == 71);
  host.refuse_with(std::nullopt);
  // A change to something else saves all that differs from what is stored.
  const Json weights = {
      {"cpu", 20}, {"memory", 20}, {"latency", 20}, {"connections", 20}, {"history", 20}};
  const auto id = host.send("settings.set", {{"weights", weights}});
  auto set = host.end_of(id);
  if (!set) set = host.end_of(id);  // the loop rests for two seconds first
  REQUIRE(set);
  CHECK(set->ok);
  CHECK(heartbeat(host) == 71);
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(heartbeat(host) == 71);
}
