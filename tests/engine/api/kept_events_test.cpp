// Secrets and accounts are told one by one: whoever once asked for the list and listens from then
// on knows at any time what the list says.
#include <catch_amalgamated.hpp>
#include <map>
#include <string>

#include "engine/api/contract.h"
#include "engine/base/random.h"
#include "tests/engine/api/vault_host.h"

using namespace a67;

namespace {

const std::string kPassphrase = "violet canoe sings at noon";

Json ask(VaultHost& host, const char* name, Json body = Json::object()) {
  const auto end = host.ask(name, std::move(body));
  REQUIRE(end);
  INFO(name << ": " << end->body.dump());
  REQUIRE(end->ok);
  return end->body;
}

void set(VaultHost& host, const std::string& name, const std::string& value = "v") {
  ask(host, "secret.set", {{"name", name}, {"value", value}});
}

std::vector<Json> events_of(const VaultHost& host, const std::string& about) {
  std::vector<Json> events;
  for (const Json& message : host.out()) {
    if (message["kind"] != "event") continue;
    CHECK(check_event(string_or(message, "name"), message["body"]));
    if (string_or(message, "name").starts_with(about)) events.push_back(message);
  }
  return events;
}

// What a page does with what it is told.
class Reader {
 public:
  explicit Reader(VaultHost& host) : host_(host) { join(); }

  void join() {
    secrets_.clear();
    for (const Json& one : ask(host_, "secret.list")["secrets"]) {
      secrets_[string_or(one, "name")] = one;
    }
    heard_ = events_of(host_, "secret.").size();
  }
  void listen() {
    const std::vector<Json> events = events_of(host_, "secret.");
    for (; heard_ < events.size(); ++heard_) {
      const std::string name = string_or(events[heard_], "name");
      const Json& secret = events[heard_]["body"].value("secret", Json());
      if (name == "secret.changed") secrets_[string_or(secret, "name")] = secret;
      if (name == "secret.removed") secrets_.erase(secret.get<std::string>());
      if (name == "secret.reset") return join();
    }
  }
  [[nodiscard]] Json knows() const {
    Json all = Json::array();
    for (const auto& [name, secret] : secrets_) all.push_back(secret);
    return all;
  }

 private:
  VaultHost& host_;
  std::map<std::string, Json> secrets_;
  std::size_t heard_ = 0;
};

std::string restore(VaultHost& host, const std::string& file, const char* mode) {
  return ask(host, "vault.restore",
             {{"file", file},
              {"kind", "passphrase"},
              {"secret", host.offer(kPassphrase)},
              {"mode", mode}})["counts"]
      .dump();
}

// One of everything that changes a secret, by chance.
void change_something(VaultHost& host, Random& random) {
  const std::string name = "s" + std::to_string(random.below(4));
  const Json secrets = ask(host, "secret.list")["secrets"];
  const bool known =
      std::ranges::any_of(secrets, [&](const Json& one) { return one["name"] == name; });
  switch (random.below(known ? 5 : 2)) {
    case 0:
      return set(host, name, "value " + std::to_string(random.below(1'000)));
    case 1: {
      const Json changes = ask(host, "history.list", {{"entity", "secret/" + name}})["changes"];
      if (changes.empty()) return set(host, name);
      // The newest can be taken back, unless its value lies under a key that is gone.
      (void)host.ask("history.undo",
                     {{"entity", "secret/" + name}, {"change", changes[0]["change"]}});
      return;
    }
    case 2:
      ask(host, "secret.reveal", {{"name", name}});
      return;
    case 3:
      ask(host, "secret.remove", {{"name", name}});
      return;
    default:
      ask(host, "secret.set", {{"name", name}, {"rotateDays", 1 + random.below(300)}});
  }
}

}  // namespace

TEST_CASE("events: what is told of a secret does not grow with their number", "[events]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  const auto told_of = [&](const std::string& name) {
    host.forget_output();
    set(host, name);
    std::size_t bytes = 0;
    for (const Json& event : events_of(host, "")) bytes += event.dump().size();
    return bytes;
  };
  const std::size_t first = told_of("token-00");
  for (int number = 10; number < 60; ++number) set(host, "token-" + std::to_string(number));
  CHECK(told_of("token-99") == first);
  CHECK(first < 400);
}

TEST_CASE("events: each is of one secret, in the order of the changes", "[events]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  host.forget_output();
  const std::int64_t a = host.send("secret.set", {{"name", "a"}, {"value", "1"}});
  const std::int64_t b = host.send("secret.set", {{"name", "b"}, {"value", "1"}});
  REQUIRE(host.end_of(a)->ok);
  REQUIRE(host.end_of(b)->ok);
  ask(host, "secret.set", {{"name", "a"}, {"value", "2"}});
  ask(host, "secret.remove", {{"name", "b"}});
  std::string seen;
  for (const Json& event : events_of(host, "secret.")) {
    const Json& secret = event["body"]["secret"];
    seen += string_or(event, "name").substr(7) + " ";
    seen += secret.is_string() ? secret.get<std::string>()
                               : secret["name"].get<std::string>() + secret["version"].dump();
    seen += "; ";
  }
  CHECK(seen == "changed a1; changed b1; changed a2; removed b; ");
  CHECK_FALSE(Json(events_of(host, "")).dump().contains("\"value\""));
}

TEST_CASE("events: a reader that joined at any time knows what the list says", "[events]") {
  const auto seed = GENERATE(range(1, 6));
  INFO("seed " << seed);
  Seed bytes{};
  bytes.fill(static_cast<std::uint8_t>(seed));
  Random random{Sensitive(bytes)};
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  set(host, "s0");
  const std::string file = string_or(ask(host, "vault.back_up"), "file");
  std::vector<Reader> readers;
  for (int step = 0; step < 40; ++step) {
    if (step % 10 == 0) readers.emplace_back(host);
    if (step == 15) restore(host, file, "merge");
    if (step == 25) restore(host, file, "replace");
    if (step == 30) ask(host, "vault.rotate");
    change_something(host, random);
    const Json list = ask(host, "secret.list")["secrets"];
    for (Reader& reader : readers) {
      reader.listen();
      CHECK(reader.knows() == list);
    }
  }
}

TEST_CASE("events: a restored backup says once that secrets and accounts are others", "[events]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  for (int number = 0; number < 20; ++number) set(host, "token-" + std::to_string(number));
  const std::string file = string_or(ask(host, "vault.back_up"), "file");
  for (int number = 0; number < 20; ++number) {
    ask(host, "secret.remove", {{"name", "token-" + std::to_string(number)}});
  }
  host.forget_output();
  CHECK(restore(host, file, "replace").contains("\"added\":20"));
  CHECK(events_of(host, "secret.").size() == 1);
  CHECK(events_of(host, "secret.reset").size() == 1);
  CHECK(events_of(host, "account.reset").size() == 1);
  CHECK(ask(host, "secret.list")["secrets"].size() == 20);
}

TEST_CASE("events: nothing is told of what could not be kept", "[events]") {
  VaultHost host;
  REQUIRE(host.create(kPassphrase)->ok);
  set(host, "a");
  host.forget_output();
  host.refuse_with(Error{.code = ErrorCode::kDiskFull, .message = "No room."});
  CHECK_FALSE(host.ask("secret.set", {{"name", "b"}, {"value", "v"}})->ok);
  CHECK_FALSE(host.ask("secret.remove", {{"name", "a"}})->ok);
  CHECK(events_of(host, "secret.").empty());
  host.refuse_with(std::nullopt);
  CHECK(ask(host, "secret.list")["secrets"].size() == 1);
}
