// Backups through the whole engine, with real keys.
#include <catch_amalgamated.hpp>

#include "engine/api/contract.h"
#include "engine/state/snapshot.h"
#include "tests/engine/api/vault_host.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kOther = "eleven brass owls read maps";
const std::string kSecret = "sk_live_planted_4242";
constexpr std::int64_t kLeap = 1'000'000;

// What an earlier version left behind: the quickest way to a device with nodes and apps.
State sample_state(const std::string& app_name, const std::string& node_url) {
  State state;
  state.settings.heartbeat_seconds = 77;
  std::array<std::uint8_t, 32> mesh_key{};
  mesh_key.fill(5);
  state.mesh_key = MeshKey(mesh_key);
  state.nodes.push_back({.id = NodeId("n-" + app_name),
                         .name = "node-of-" + app_name,
                         .url = node_url,
                         .gateway_url = node_url + "/gateway"});
  AppRecord app{.name = app_name, .wanted = 0, .stopped = true};
  ReleaseRecord release{.id = ReleaseId(app_name + "-r1")};
  release.spec.start = "run";
  release.spec.env.emplace("TOKEN", WireSecret(kSecret));
  app.releases.push_back(std::move(release));
  app.next_release = 2;
  state.apps.push_back(std::move(app));
  return state;
}

void create(VaultHost& host, const std::string& app, const std::string& url,
            const std::string& passphrase = kPassphrase) {
  host.store()["state"] = write_snapshot(sample_state(app, url));
  REQUIRE(host.create(passphrase)->ok);
}

std::string back_up(VaultHost& host) {
  const auto made = host.ask("vault.back_up", Json::object());
  REQUIRE(made);
  INFO(made->body.dump());
  REQUIRE(made->ok);
  CHECK(check_answer("vault.back_up", "response", made->body));
  return string_or(made->body, "file");
}

Json request(VaultHost& host, const std::string& file, const std::string& passphrase,
             const char* mode = nullptr) {
  Json body = {{"file", file}, {"kind", "passphrase"}, {"secret", host.offer(passphrase)}};
  if (mode != nullptr) body["mode"] = mode;
  return body;
}

std::optional<VaultHost::End> restore(VaultHost& host, const std::string& file, const char* mode,
                                      const std::string& passphrase = kPassphrase) {
  return host.ask("vault.restore", request(host, file, passphrase, mode));
}

std::int64_t heartbeat(VaultHost& host) {
  return int_or(host.ask("settings.get", Json::object())->body["settings"], "heartbeatSeconds");
}

Json state_of(VaultHost& host) { return host.ask("engine.state", Json::object())->body; }

std::string controller_of(VaultHost& host) {
  return state_of(host)["controller"]["id"].get<std::string>();
}

std::string names(const Json& list) {
  std::string all;
  for (const Json& one : list) all += one["name"].get<std::string>() + " ";
  return all;
}

bool told(const VaultHost& host, const std::string& event) {
  return std::ranges::any_of(host.out(), [&](const Json& message) {
    return message["kind"] == "event" && message["name"] == event;
  });
}

const Json* entry_of(const Json& list, const std::string& entity) {
  for (const Json& entry : list) {
    if (entry["entity"] == entity) return &entry;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("backup: it takes an open vault to make one", "[backup]") {
  VaultHost host;
  CHECK(host.ask("vault.back_up", Json::object())->code() == "locked");
  REQUIRE(host.create(kPassphrase)->ok);
  const auto made = host.ask("vault.back_up", Json::object());
  REQUIRE(made->ok);
  CHECK(made->body["name"] == "automator67-my-cloud-2023-11-14.a67backup");
  CHECK(made->body["bytes"].get<std::size_t>() ==
        base64url_decode(string_or(made->body, "file"))->size());
  host.start();
  CHECK(host.ask("vault.back_up", Json::object())->code() == "locked");
  CHECK(restore(host, string_or(made->body, "file"), "merge")->code() == "locked");
}

TEST_CASE("backup: a new device takes over everything, by passphrase or recovery words",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  const std::string controller = controller_of(first);
  const auto epoch = state_of(first)["controller"]["epoch"].get<std::int64_t>();

  const bool by_words = GENERATE(false, true);
  VaultHost second(4);
  Json body = request(second, file, kPassphrase, "replace");
  if (by_words) {
    body["kind"] = "recovery";
    body["secret"] = second.offer(VaultHost::kRecovery);
  }
  const auto restored = second.ask("vault.restore", body);
  REQUIRE(restored);
  INFO(restored->body.dump());
  REQUIRE(restored->ok);
  CHECK(check_answer("vault.restore", "response", restored->body));
  CHECK(restored->body["vault"]["state"] == "open");
  CHECK(restored->body["vault"]["name"] == "My cloud");
  CHECK(heartbeat(second) == 77);
  CHECK(controller_of(second) == controller);
  CHECK(state_of(second)["controller"]["epoch"].get<std::int64_t>() > epoch + kLeap);
  CHECK(names(state_of(second)["apps"]) == "guestbook ");
  CHECK(names(state_of(second)["nodes"]) == "node-of-guestbook ");

  REQUIRE(second.ask("settings.set", {{"heartbeatSeconds", 88}})->ok);
  REQUIRE(second.ask("vault.rotate", Json::object())->ok);
  second.start();
  CHECK(second.vault()["state"] == "locked");
  REQUIRE(second.unlock(kPassphrase)->ok);
  CHECK(heartbeat(second) == 88);
  CHECK(controller_of(second) == controller);
}

TEST_CASE("backup: it shows nothing of what it holds, and neither does its preview", "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  const auto bytes = base64url_decode(file);
  const std::string text(bytes->begin(), bytes->end());
  for (const std::string& secret : {kSecret, kPassphrase, VaultHost::kRecovery,
                                    std::string("guestbook"), std::string("heartbeatSeconds")}) {
    INFO(secret);
    CHECK(text.find(secret) == std::string::npos);
  }
  CHECK(text.find("My cloud") != std::string::npos);  // the search finds what is there

  VaultHost second(4);
  const auto preview = second.ask("vault.preview_backup", request(second, file, kPassphrase));
  REQUIRE(preview);
  INFO(preview->body.dump());
  REQUIRE(preview->ok);
  const std::string shown = preview->body.dump();
  CHECK(shown.find(kSecret) == std::string::npos);
  const Json* release =
      entry_of(preview->body["replace"]["added"], "release/guestbook/guestbook-r1");
  REQUIRE(release != nullptr);
  const Json* token = nullptr;
  for (const Json& field : (*release)["fields"]) {
    if (field["field"] == "env.TOKEN") token = &field;
  }
  REQUIRE(token != nullptr);
  CHECK((*token)["secret"] == true);
  const Json* identity = entry_of(preview->body["replace"]["added"], "identity");
  REQUIRE(identity != nullptr);
  CHECK((*identity)["fields"][0]["secret"] == true);
}

TEST_CASE("backup: a preview says what is in it and what would change, and changes nothing",
          "[backup]") {
  VaultHost host;
  create(host, "guestbook", "https://one.example");
  const std::string file = back_up(host);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 88}})->ok);

  const auto preview = host.ask("vault.preview_backup", request(host, file, kPassphrase));
  REQUIRE(preview);
  INFO(preview->body.dump());
  REQUIRE(preview->ok);
  CHECK(check_answer("vault.preview_backup", "response", preview->body));
  CHECK(preview->body["name"] == "My cloud");
  CHECK(preview->body["apps"] == 1);
  CHECK(preview->body["nodes"] == 1);
  CHECK(preview->body["sameController"] == true);
  // What was changed since is newer: a merge keeps it.
  CHECK(preview->body["merge"]["counts"]["changed"] == 0);
  const Json* settings = entry_of(preview->body["replace"]["changed"], "settings");
  REQUIRE(settings != nullptr);
  CHECK((*settings)["label"] == "Settings");
  CHECK((*settings)["fields"] ==
        Json::array({{{"field", "heartbeatSeconds"}, {"before", "88"}, {"after", "77"}}}));
  CHECK(heartbeat(host) == 88);
}

TEST_CASE("backup: the previewed secret is good for one restore; a wrong one is let go of",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  VaultHost second(4);
  Json body = request(second, file, kPassphrase);
  REQUIRE(second.ask("vault.preview_backup", body)->ok);
  body["mode"] = "replace";
  REQUIRE(second.ask("vault.restore", body)->ok);
  CHECK(second.ask("vault.restore", body)->code() == "not_found");

  VaultHost third(4);
  const auto refused = third.ask("vault.preview_backup", request(third, file, kOther));
  CHECK(refused->code() == "unauthorized");
  CHECK(third.secrets_kept() == 0);
  CHECK(third.vault()["state"] == "absent");
}

TEST_CASE("backup: files that are none, newer, cut or bent are named, and nothing is changed",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const auto bytes = base64url_decode(back_up(first)).value();
  VaultHost host;
  const auto code = [&](const Bytes& bent) {
    const auto end = restore(host, base64url_encode(bent), "merge");
    REQUIRE(end);
    return end->code();
  };
  CHECK(restore(host, "!", "merge")->code() == "invalid_input");
  CHECK(code({'P', 'K'}) == "invalid_input");
  CHECK(code(Bytes(bytes.begin(), bytes.end() - 100)) == "store_failed");
  Bytes bent = bytes;
  bent[bytes.size() / 2] ^= 1;
  CHECK(code(bent) == "store_failed");
  bent = bytes;
  bent[19] = 9;
  CHECK(code(bent) == "conflict");
  CHECK(host.vault()["state"] == "absent");
  CHECK(host.table().empty());
}

TEST_CASE("backup: replacing makes a running engine another one, with its nodes and its lead",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  VaultHost second(4);
  create(second, "shop", "https://two.example", kOther);
  const std::string own = controller_of(second);
  CHECK(names(state_of(second)["nodes"]) == "node-of-shop ");

  const auto preview = second.ask("vault.preview_backup", request(second, file, kPassphrase));
  REQUIRE(preview->ok);
  CHECK(preview->body["sameController"] == false);
  CHECK(preview->body["merge"]["counts"]["leftOut"].get<int>() >= 3);
  CHECK(entry_of(preview->body["merge"]["added"], "node/n-guestbook") == nullptr);
  CHECK(entry_of(preview->body["replace"]["removed"], "node/n-shop") != nullptr);

  const auto restored = restore(second, file, "replace");
  REQUIRE(restored);
  INFO(restored->body.dump());
  REQUIRE(restored->ok);
  CHECK(check_answer("vault.restore", "response", restored->body));
  CHECK(restored->body["vault"]["state"] == "open");
  CHECK(names(state_of(second)["nodes"]) == "node-of-guestbook ");
  CHECK(names(state_of(second)["apps"]) == "guestbook ");
  CHECK(controller_of(second) == controller_of(first));
  CHECK(controller_of(second) != own);
  CHECK(state_of(second)["controller"]["epoch"].get<std::int64_t>() > kLeap);
  CHECK(told(second, "node.removed"));
  CHECK(told(second, "app.removed"));
  // The new node is asked for, by this engine.
  CHECK(std::ranges::any_of(second.performed(), [](const std::string& effect) {
    return effect.find("https://one.example") != std::string::npos;
  }));

  second.start();
  CHECK(second.unlock(kPassphrase)->code() == "unauthorized");
  REQUIRE(second.unlock(kOther)->ok);  // its own ways in stay
  CHECK(names(state_of(second)["nodes"]) == "node-of-guestbook ");
  CHECK(controller_of(second) == controller_of(first));
}

TEST_CASE("backup: merging another controller's keeps who leads here, and its nodes", "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  VaultHost second(4);
  create(second, "shop", "https://two.example", kOther);
  const Json before = state_of(second);
  const auto restored = restore(second, file, "merge");
  REQUIRE(restored);
  INFO(restored->body.dump());
  REQUIRE(restored->ok);
  CHECK(state_of(second)["controller"] == before["controller"]);
  CHECK(names(state_of(second)["nodes"]) == "node-of-shop ");
  CHECK(names(state_of(second)["apps"]) == "shop guestbook ");
  // Once more there is nothing to do.
  const auto again = restore(second, file, "merge");
  REQUIRE(again->ok);
  CHECK(again->body["counts"]["added"] == 0);
  CHECK(again->body["counts"]["changed"] == 0);
}

TEST_CASE("backup: single secrets open wherever they are restored", "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  REQUIRE(first.ask("secret.set", {{"name", "render"}, {"value", kSecret}})->ok);
  REQUIRE(first.ask("vault.rotate", Json::object())->ok);
  const std::string file = back_up(first);
  const auto value = [](VaultHost& host) {
    const auto shown = host.ask("secret.reveal", {{"name", "render"}});
    REQUIRE(shown);
    INFO(shown->body.dump());
    REQUIRE(shown->ok);
    return string_or(shown->body, "value");
  };

  VaultHost anew(4);
  REQUIRE(restore(anew, file, "replace")->ok);
  CHECK(value(anew) == kSecret);

  VaultHost other(4);
  create(other, "shop", "https://two.example", kOther);
  REQUIRE(restore(other, file, "merge")->ok);
  CHECK(value(other) == kSecret);
  CHECK(told(other, "secret.reset"));
  // The same value under another key is no difference.
  const auto preview = other.ask("vault.preview_backup", request(other, file, kPassphrase));
  REQUIRE(preview->ok);
  const Json* changed = entry_of(preview->body["replace"]["changed"], "secret/render");
  if (changed != nullptr) {
    for (const Json& field : (*changed)["fields"]) CHECK(field["field"] != "sealed");
  }
  REQUIRE(other.ask("secret.set", {{"name", "render"}, {"value", "newer"}})->ok);
  REQUIRE(restore(other, file, "merge")->ok);
  CHECK(value(other) == "newer");
  REQUIRE(restore(other, file, "replace")->ok);
  CHECK(value(other) == kSecret);
  REQUIRE(other.ask("vault.rotate", Json::object())->ok);
  other.start();
  REQUIRE(other.unlock(kOther)->ok);
  CHECK(value(other) == kSecret);
}

TEST_CASE("backup: what a command changes while a backup is restored is not lost", "[backup]") {
  VaultHost host;
  create(host, "guestbook", "https://one.example");
  const std::string file = back_up(host);
  REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 50}})->ok);
  std::optional<std::int64_t> late;
  host.on_apply = [&] {
    if (!late) late = host.send("settings.set", {{"heartbeatSeconds", 123}});
  };
  REQUIRE(restore(host, file, "replace")->ok);
  host.on_apply = nullptr;
  REQUIRE(late);
  REQUIRE(host.end_of(*late)->ok);
  CHECK(heartbeat(host) == 123);
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(heartbeat(host) == 123);
}

TEST_CASE("backup: remains of another vault, or of an earlier version, are not covered up",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  VaultHost remains(4);
  remains.table()["w/main/log/0000000000000001"] = "AAAA";
  CHECK(restore(remains, file, "replace")->code() == "conflict");
  VaultHost earlier(4);
  earlier.store()["state"] = write_snapshot(sample_state("old", "https://old.example"));
  CHECK(restore(earlier, file, "replace")->code() == "conflict");
  REQUIRE(earlier.create(kOther)->ok);
  REQUIRE(restore(earlier, file, "merge")->ok);
}

TEST_CASE("backup: a stop at any batch of a restore onto a new device leaves all or nothing",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  const bool kept = GENERATE(false, true);
  bool ran_through = false;
  for (std::size_t batches = 0; !ran_through; ++batches) {
    REQUIRE(batches < 20);
    INFO("stopped after " << batches << " batches, the last " << (kept ? "kept" : "lost"));
    VaultHost host(4);
    host.stop_after(batches, kept);
    const auto end = restore(host, file, "replace");
    ran_through = !host.stopped();
    if (ran_through) CHECK((end && end->ok));
    host.go_on();
    host.start();
    if (host.vault()["state"] == "absent") {
      CHECK_FALSE(end);
      CHECK(batches == 0);
      REQUIRE(restore(host, file, "replace")->ok);
    } else {
      REQUIRE(host.unlock(kPassphrase)->ok);
    }
    CHECK(heartbeat(host) == 77);
    CHECK(controller_of(host) == controller_of(first));
    CHECK(state_of(host)["controller"]["epoch"].get<std::int64_t>() > kLeap);
  }
}

TEST_CASE("backup: a stop at any batch of a restore into a vault leaves all or nothing",
          "[backup]") {
  VaultHost first;
  create(first, "guestbook", "https://one.example");
  const std::string file = back_up(first);
  const bool kept = GENERATE(false, true);
  bool ran_through = false;
  for (std::size_t batches = 0; !ran_through; ++batches) {
    REQUIRE(batches < 20);
    INFO("stopped after " << batches << " batches, the last " << (kept ? "kept" : "lost"));
    VaultHost host(4);
    create(host, "shop", "https://two.example", kOther);
    REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 50}})->ok);
    const std::string own = controller_of(host);
    host.stop_after(batches, kept);
    const auto end = restore(host, file, "replace");
    ran_through = !host.stopped();
    host.go_on();
    host.start();
    REQUIRE(host.unlock(kOther)->ok);
    const bool restored = heartbeat(host) == 77;
    if (end && end->ok) CHECK(restored);
    CHECK(heartbeat(host) == (restored ? 77 : 50));
    CHECK(controller_of(host) == (restored ? controller_of(first) : own));
    CHECK(names(state_of(host)["apps"]) == (restored ? "guestbook " : "shop "));
    CHECK(names(state_of(host)["nodes"]) == (restored ? "node-of-guestbook " : "node-of-shop "));
    REQUIRE(host.ask("settings.set", {{"heartbeatSeconds", 60}})->ok);
  }
}
