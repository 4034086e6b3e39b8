// What an open vault keeps besides the state: who did what, what was changed, single secrets, and
// several workspaces side by side.
#include <catch_amalgamated.hpp>
#include <string>

#include "tests/engine/api/vault_host.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";
const std::string kToken = "rnd_PLANTED_9f2c7a41d0";

Json ask(VaultHost& host, const char* name, Json body = Json::object()) {
  const auto end = host.ask(name, std::move(body));
  REQUIRE(end);
  INFO(name << ": " << end->body.dump());
  REQUIRE(end->ok);
  return end->body;
}

std::string refused(VaultHost& host, const char* name, Json body = Json::object()) {
  const auto end = host.ask(name, std::move(body));
  REQUIRE(end);
  REQUIRE_FALSE(end->ok);
  return end->code();
}

std::string commands_in(const Json& audit) {
  std::string list;
  for (const Json& record : audit["records"]) {
    list += string_or(record, "command") + " " + string_or(record, "target") + " " +
            string_or(record, "outcome") + "\n";
  }
  return list;
}

// Every message to the host but the answers that were asked to show a secret.
std::string everything_said(VaultHost& host) {
  std::string all;
  for (const Json& message : host.out()) all += message.dump();
  return all;
}

}  // namespace

// ---- audit log

TEST_CASE("audit: every command is written down with its outcome, queries are not", "[audit]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "settings.set", {{"heartbeatSeconds", 77}});
  ask(host, "settings.get");
  CHECK(refused(host, "app.stop", {{"app", "nobody"}}) == "not_found");
  const Json audit = ask(host, "audit.list");
  CHECK(commands_in(audit) ==
        "app.stop app/nobody not_found\n"
        "settings.set  done\n"
        "vault.create  done\n");
  CHECK(audit["more"] == false);
  const Json& newest = audit["records"][0];
  CHECK(newest["number"] == 3);
  CHECK(newest["actor"] == ask(host, "storage.status")["storage"]["device"]);
}

TEST_CASE("audit: what was tried before the vault was open is written down then", "[audit]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  host.start();
  CHECK(host.unlock("wrong")->code() == "unauthorized");
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(commands_in(ask(host, "audit.list")) ==
        "vault.unlock  done\n"
        "vault.unlock  unauthorized\n"
        "vault.create  done\n");
}

TEST_CASE("audit: pages go back to the first record", "[audit]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  for (int value = 10; value < 20; ++value) {
    ask(host, "settings.set", {{"heartbeatSeconds", value}});
  }
  std::vector<std::int64_t> numbers;
  Json page = ask(host, "audit.list", {{"limit", 4}});
  for (;;) {
    for (const Json& record : page["records"]) numbers.push_back(int_or(record, "number"));
    if (!page["more"].get<bool>()) break;
    page = ask(host, "audit.list", {{"limit", 4}, {"before", numbers.back()}});
  }
  CHECK(numbers == std::vector<std::int64_t>{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST_CASE("audit: the chain holds over a rotation, and a record put back shows", "[audit]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "settings.set", {{"heartbeatSeconds", 77}});
  ask(host, "vault.rotate");
  Json verdict = ask(host, "audit.verify");
  CHECK(verdict["intact"] == true);
  CHECK(verdict["records"] == 3);

  auto& table = host.table();
  std::vector<std::string> keys;
  for (const auto& [key, value] : table) {
    if (key.starts_with("w/main/audit/")) keys.push_back(key);
  }
  REQUIRE(keys.size() == 3);
  table[keys[1]] = table[keys[0]];
  verdict = ask(host, "audit.verify");
  CHECK(verdict["intact"] == false);
  CHECK(verdict["brokenAt"] == 2);
}

TEST_CASE("audit: the export has a line for each record, and no secret", "[audit]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "secret.set", {{"name", "render-token"}, {"value", kToken}, {"note", "for Render"}});
  const Json exported = ask(host, "audit.export");
  const std::string text = exported["text"];
  CHECK(std::ranges::count(text, '\n') == 2);
  CHECK(text.contains("\"target\":\"secret/render-token\""));
  CHECK_FALSE(text.contains(kToken));
  CHECK_FALSE(text.contains(kPassphrase));
  CHECK(exported["more"] == false);
  CHECK(ask(host, "audit.export", {{"after", exported["last"]}})["text"] == "");
}

// ---- history and undo

TEST_CASE("history: settings show what each change did, and one is taken back", "[history]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "settings.set", {{"heartbeatSeconds", 77}});
  ask(host, "settings.set", {{"heartbeatSeconds", 88}});
  const Json history = ask(host, "history.list", {{"entity", "settings"}});
  const Json& newest = history["changes"][0];
  CHECK(
      newest["fields"] ==
      Json::array(
          {{{"field", "heartbeatSeconds"}, {"secret", false}, {"before", "77"}, {"after", "88"}}}));
  CHECK(newest["undoable"] == true);
  const Json undone =
      ask(host, "history.undo", {{"entity", "settings"}, {"change", newest["change"]}});
  CHECK(undone["settings"]["heartbeatSeconds"] == 77);

  // The earlier one was replaced since.
  ask(host, "settings.set", {{"heartbeatSeconds", 99}});
  const Json& earlier = history["changes"][1];
  CHECK(refused(host, "history.undo", {{"entity", "settings"}, {"change", earlier["change"]}}) ==
        "conflict");
  CHECK(refused(host, "history.undo", {{"entity", "settings"}, {"change", 4711}}) == "not_found");
  CHECK(refused(host, "history.list", {{"entity", "workspace"}}) == "invalid_input");
}

TEST_CASE("history: pages end at the first change, which cannot be undone", "[history]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  for (int value = 10; value < 16; ++value) {
    ask(host, "settings.set", {{"heartbeatSeconds", value}});
  }
  std::size_t seen = 0;
  Json last;
  Json page = ask(host, "history.list", {{"entity", "settings"}, {"limit", 2}});
  for (;;) {
    seen += page["changes"].size();
    last = page["changes"].back();
    if (!page["more"].get<bool>()) break;
    page = ask(host, "history.list",
               {{"entity", "settings"}, {"limit", 2}, {"before", last["change"]}});
  }
  CHECK(seen == 7);
  CHECK(last["undoable"] == false);
  CHECK(refused(host, "history.undo", {{"entity", "settings"}, {"change", last["change"]}}) ==
        "conflict");
}

// ---- single secrets

TEST_CASE("secrets: are kept sealed, shown when asked, and know their age", "[secrets]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  const Json made =
      ask(host, "secret.set", {{"name", "render-token"}, {"value", kToken}, {"rotateDays", 90}});
  CHECK(made["secret"]["version"] == 1);
  CHECK(made["secret"]["due"] == false);
  CHECK_FALSE(made["secret"].contains("lastUsedAt"));
  CHECK_FALSE(everything_said(host).contains(kToken));
  for (const auto& [key, value] : host.table()) {
    const auto bytes = base64url_decode(value);
    CHECK_FALSE(std::string(bytes->begin(), bytes->end()).contains(kToken));
  }
  host.start();
  CHECK(refused(host, "secret.reveal", {{"name", "render-token"}}) == "locked");
  REQUIRE(host.unlock(kPassphrase)->ok);
  const Json shown = ask(host, "secret.reveal", {{"name", "render-token"}});
  CHECK(shown["value"] == kToken);
  CHECK(shown["secret"].contains("lastUsedAt"));
  CHECK(ask(host, "secret.list")["secrets"].size() == 1);
}

TEST_CASE("secrets: one that expired, or is old, is due", "[secrets]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "secret.set", {{"name", "a"}, {"value", "x"}, {"expiresAt", 1'600'000'000'000}});
  ask(host, "secret.set", {{"name", "b"}, {"value", "x"}, {"expiresAt", 1'900'000'000'000}});
  const Json secrets = ask(host, "secret.list")["secrets"];
  CHECK(secrets[0]["due"] == true);
  CHECK(secrets[1]["due"] == false);
  ask(host, "secret.set", {{"name", "a"}, {"expiresAt", 0}});
  CHECK(ask(host, "secret.list")["secrets"][0]["due"] == false);
}

TEST_CASE("secrets: survive rotations, and an undo brings a value back", "[secrets]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "secret.set", {{"name", "token"}, {"value", "first"}});
  ask(host, "secret.set", {{"name", "token"}, {"value", "second"}});
  const auto newest = [&] {
    return ask(host, "history.list", {{"entity", "secret/token"}})["changes"][0];
  };
  const Json changed = newest();
  CHECK(changed.dump().find("first") == std::string::npos);
  ask(host, "history.undo", {{"entity", "secret/token"}, {"change", changed["change"]}});
  CHECK(ask(host, "secret.reveal", {{"name", "token"}})["value"] == "first");

  ask(host, "secret.remove", {{"name", "token"}});
  CHECK(refused(host, "secret.reveal", {{"name", "token"}}) == "not_found");
  ask(host, "history.undo", {{"entity", "secret/token"}, {"change", newest()["change"]}});
  CHECK(ask(host, "secret.reveal", {{"name", "token"}})["value"] == "first");

  ask(host, "vault.rotate");
  CHECK(ask(host, "secret.reveal", {{"name", "token"}})["value"] == "first");
  // What was sealed under the key that is gone does not come back.
  CHECK(refused(host, "history.undo",
                {{"entity", "secret/token"}, {"change", changed["change"]}}) == "conflict");
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(ask(host, "secret.reveal", {{"name", "token"}})["value"] == "first");
}

TEST_CASE("secrets: bad requests are refused with their place", "[secrets]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  const auto nameless = host.ask("secret.set", {{"name", "-x"}, {"value", "v"}});
  CHECK(nameless->body["field"] == "name");
  const auto empty = host.ask("secret.set", {{"name", "x"}});
  CHECK(empty->body["field"] == "value");
  CHECK(refused(host, "secret.remove", {{"name", "x"}}) == "not_found");
  CHECK(refused(host, "secret.set", {{"name", "x"}, {"value", std::string(65'537, 'v')}}) ==
        "invalid_input");
}

// ---- storage

TEST_CASE("storage: a damaged row is named, and the rest is there", "[storage]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "settings.set", {{"heartbeatSeconds", 77}});
  ask(host, "secret.set", {{"name", "token"}, {"value", "v"}});
  CHECK(ask(host, "storage.status")["storage"]["damages"].empty());
  std::string victim;
  for (const auto& [key, value] : host.table()) {
    if (key.starts_with("w/main/log/")) victim = key;
  }
  const std::string before = host.table()[victim];
  host.table()[victim] = before.substr(0, before.size() - 8) + "AAAAAAAA";
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
  const Json damages = ask(host, "storage.status")["storage"]["damages"];
  REQUIRE(damages.size() == 1);
  CHECK(damages[0]["where"] == victim);
  CHECK(ask(host, "settings.get")["settings"]["heartbeatSeconds"] == 77);
}

// ---- workspaces

TEST_CASE("workspaces: two on one device know nothing of each other", "[workspaces]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  ask(host, "settings.set", {{"heartbeatSeconds", 77}});
  host.start("second");
  CHECK(host.vault()["state"] == "absent");
  REQUIRE(host.create("another passphrase")->ok);
  CHECK(ask(host, "settings.get")["settings"]["heartbeatSeconds"] == 30);
  const Json both = ask(host, "vault.workspaces")["workspaces"];
  REQUIRE(both.size() == 2);
  CHECK(both[0] == Json{{"id", "main"}, {"name", "My cloud"}, {"current", false}});
  CHECK(both[1]["current"] == true);
  host.start();
  CHECK(host.unlock("another passphrase")->code() == "unauthorized");
  REQUIRE(host.unlock(kPassphrase)->ok);
  CHECK(ask(host, "settings.get")["settings"]["heartbeatSeconds"] == 77);
}

TEST_CASE("workspaces: one is erased and the other stays", "[workspaces]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  host.start("second");
  REQUIRE(host.create(kPassphrase)->ok);
  CHECK(refused(host, "vault.erase", {{"name", "Not it"}}) == "invalid_input");
  CHECK(ask(host, "vault.erase", {{"name", "My cloud"}})["vault"]["state"] == "absent");
  CHECK(host.create(kPassphrase)->code() == "conflict");
  for (const auto& [key, value] : host.table()) CHECK_FALSE(key.starts_with("w/second/"));
  host.start("second");
  CHECK(host.vault()["state"] == "absent");
  REQUIRE(host.create(kPassphrase)->ok);
  host.start();
  REQUIRE(host.unlock(kPassphrase)->ok);
}

TEST_CASE("workspaces: an erasure that is stopped anywhere is finished by the next start",
          "[workspaces]") {
  const bool kept = GENERATE(false, true);
  bool ran_through = false;
  for (std::size_t batches = 0; !ran_through; ++batches) {
    REQUIRE(batches < 20);
    INFO("stopped after " << batches << " batches, the last " << (kept ? "kept" : "lost"));
    VaultHost host;
    REQUIRE(host.create(kPassphrase)->ok);
    host.stop_after(batches, kept);
    const auto end = host.ask("vault.erase", {{"name", "My cloud"}});
    ran_through = !host.stopped();
    host.go_on();
    host.start();
    if (host.vault()["state"] == "locked") {
      CHECK_FALSE((end && end->ok));
      REQUIRE(host.unlock(kPassphrase)->ok);
      continue;
    }
    for (const auto& [key, value] : host.table()) CHECK_FALSE(key.starts_with("w/"));
    REQUIRE(host.create(kPassphrase)->ok);
  }
}
