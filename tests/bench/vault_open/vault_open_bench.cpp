// How long the whole engine takes from the derived key of a vault with many entries until it
// answers, the snapshot of the log in place. The rows lie in an SQLite file. See ./run.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "engine/native/sqlite_table.h"
#include "tests/engine/api/vault_host.h"

namespace {

using namespace a67;
using Clock = std::chrono::steady_clock;

constexpr int kTries = 5;
constexpr std::size_t kRowsAtOnce = 512;
const std::string kPassphrase = "violet canoe sings at noon";

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "vault_open_bench: %s\n", why.c_str());
  std::exit(2);
}

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void need(const std::optional<VaultHost::End>& end, const std::string& what) {
  if (!end) give_up(what + " was not answered");
  if (!end->ok) give_up(what + ": " + end->body.dump());
}

std::string value_of(const std::string& number) { return "value of the entry " + number; }

void fill(VaultHost& host, int entries) {
  need(host.create(kPassphrase), "vault.create");
  for (int at = 0; at < entries; ++at) {
    const std::string number = std::to_string(at);
    need(host.ask("secret.set", {{"name", "token-" + number}, {"value", value_of(number)}}),
         "secret.set");
    host.forget_output();  // else it is searched for every answer
  }
}

// Microseconds for one more value among that many, told of and durable in memory.
double change_us(VaultHost& host) {
  constexpr int kChanges = 100;
  const auto start = Clock::now();
  for (int at = 0; at < kChanges; ++at) {
    need(host.ask("secret.set", {{"name", "token-0"}, {"value", value_of("0")}}), "secret.set");
    host.forget_output();
  }
  return 1'000.0 * ms_since(start) / kChanges;
}

std::size_t rows_below(VaultHost& host, const std::string& part) {
  std::size_t count = 0;
  for (const auto& [key, value] : host.table()) count += key.contains(part) ? 1 : 0;
  return count;
}

std::unique_ptr<native::SqliteTable> open_file(const std::string& path) {
  auto opened = native::SqliteTable::open(path);
  if (!opened) give_up(opened.error().message);
  return std::move(*opened);
}

void write_file(const std::string& path, VaultHost& host) {
  const auto file = open_file(path);
  TableBatch batch;
  for (const auto& [key, value] : host.table()) {
    batch.put.emplace_back(key, value);
    if (batch.put.size() < kRowsAtOnce) continue;
    if (auto kept = file->apply(batch); !kept) give_up(kept.error().message);
    batch = {};
  }
  if (auto kept = file->apply(batch); !kept) give_up(kept.error().message);
}

// Milliseconds to open the file and read every row of it.
double read_file(const std::string& path) {
  const auto start = Clock::now();
  const auto file = open_file(path);
  for (std::string after;;) {
    const auto page = file->scan({}, after, kRowsAtOnce);
    if (!page) give_up(page.error().message);
    if (!page->more) break;
    after = page->rows.back().key;
  }
  return ms_since(start);
}

struct Opening {
  double ms = 0;      // from the derived key to an open vault
  double cpu_ms = 0;  // of which the processor worked
};

Opening open_vault(VaultHost& host, int entries) {
  host.start();
  Clock::time_point derived{};
  std::clock_t cpu = 0;
  host.on_performed = [&derived, &cpu](const std::string& name) {
    if (name != "key.derive") return;
    derived = Clock::now();
    cpu = std::clock();
  };
  need(host.unlock(kPassphrase), "vault.unlock");
  const Opening opening{
      .ms = ms_since(derived),
      .cpu_ms = 1'000.0 * static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC};
  host.on_performed = nullptr;
  for (const int at : {0, entries / 2, entries - 1}) {
    const std::string number = std::to_string(at);
    const auto shown = host.ask("secret.reveal", {{"name", "token-" + number}});
    need(shown, "secret.reveal");
    if (shown->body["value"] != value_of(number)) give_up("an entry did not come back");
  }
  return opening;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) give_up("usage: vault_open_bench FOLDER ENTRIES");
  const int entries = std::atoi(arguments[2]);
  const std::string path = std::string(arguments[1]) + "/state.db";
  VaultHost host;
  const auto start = Clock::now();
  fill(host, entries);
  std::printf("fill_ms %.0f\n", ms_since(start));
  if (rows_below(host, "/snap/") == 0) give_up("there is no snapshot");
  write_file(path, host);
  std::printf("entries %d\n", entries);
  std::printf("snapshot_rows %zu\n", rows_below(host, "/snap/"));
  std::printf("log_rows %zu\n", rows_below(host, "/log/"));
  for (int at = 0; at < kTries; ++at) {
    std::printf("read_ms %.0f\n", read_file(path));
    const Opening opening = open_vault(host, entries);
    std::printf("open_ms %.0f\n", opening.ms);
    std::printf("open_cpu_ms %.0f\n", opening.cpu_ms);
  }
  std::printf("change_us %.0f\n", change_us(host));
  return 0;
}
