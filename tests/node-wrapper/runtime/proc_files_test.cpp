#include "node-wrapper/runtime/proc_files.h"

#include <unistd.h>

#include <catch_amalgamated.hpp>

#include "node-wrapper/runtime/health_probe.h"
#include "node-wrapper/runtime/machine.h"
#include "node-wrapper/runtime/ports.h"

namespace a67 {
namespace {

TEST_CASE("proc files: a program's odd name cannot confuse its facts", "[runtime]") {
  const auto facts = parse_process_stat(
      "4711 (evil) R 1 (x) S 17 42 43 0 -1 4194304 1 2 3 4 100 20 7 8 20 0 1 0 98765 4096 250 1");
  REQUIRE(facts);
  CHECK(facts->state == 'S');
  CHECK(facts->parent == 17);
  CHECK(facts->group == 42);
  CHECK(facts->session == 43);
  CHECK(facts->cpu_ticks == 120);
  CHECK(facts->start_ticks == 98'765);
  CHECK(facts->resident_pages == 250);
  CHECK_FALSE(parse_process_stat(""));
  CHECK_FALSE(parse_process_stat("4711 (x"));
  CHECK_FALSE(parse_process_stat("4711 (x) S 1 2"));
}

TEST_CASE("proc files: this process is what it says it is", "[runtime]") {
  const auto facts = read_process(::getpid());
  REQUIRE(facts);
  CHECK(facts->parent == ::getppid());
  CHECK(facts->start_ticks > 0);
  CHECK_FALSE(read_boot_id().empty());
}

TEST_CASE("proc files: sockets show their port, state and reach", "[runtime]") {
  const auto v4 = parse_tcp_table(
      "  sl  local_address rem_address   st ...\n"
      "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1\n"
      "   1: 0100007F:1F90 0100007F:C000 01 00000000:00000000 00:00000000 00000000 0 0 4712 1\n"
      "   2: 0200A8C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4713 1\n",
      false);
  REQUIRE(v4.size() == 3);
  CHECK(v4[0].local_port == 8080);
  CHECK(v4[0].listening);
  CHECK(v4[0].loopback_v4);
  CHECK(v4[0].inode == 4711);
  CHECK(v4[1].established);
  CHECK_FALSE(v4[2].loopback_v4);
  const auto v6 = parse_tcp_table(
      "heading\n"
      "   0: 00000000000000000000000001000000:0050 0:0 0A 0:0 0:0 0 0 0 5 1\n"
      "   1: 00000000000000000000000000000000:0051 0:0 0A 0:0 0:0 0 0 0 6 1\n",
      true);
  REQUIRE(v6.size() == 2);
  CHECK_FALSE(v6[0].loopback_v4);
  CHECK(v6[1].loopback_v4);
  CHECK(parse_tcp_table("", false).empty());
  CHECK(parse_tcp_table("heading\nrubbish\n", false).empty());
}

TEST_CASE("proc files: a setting is found by its whole name", "[runtime]") {
  const std::string text("A=1\0AB=2\0A67_NODE=n-1\0EMPTY=\0", 29);
  CHECK(find_setting(text, "A67_NODE") == "n-1");
  CHECK(find_setting(text, "A") == "1");
  CHECK(find_setting(text, "EMPTY") == "");
  CHECK_FALSE(find_setting(text, "B"));
  CHECK_FALSE(find_setting("", "A"));
}

TEST_CASE("machine: versions, users, memory and processor times are read", "[runtime]") {
  CHECK(version_in("v20.20.2") == "20.20.2");
  CHECK(version_in("Python 3.11.2") == "3.11.2");
  CHECK(version_in("git version 2.39.5 (Something)") == "2.39.5");
  CHECK(version_in("nothing").empty());
  const auto user = find_user("root:x:0:0::/root:/bin/sh\napp:x:1001:1002::/:/bin/sh\n", "app");
  REQUIRE(user);
  CHECK(user->user == 1001);
  CHECK(user->group == 1002);
  CHECK_FALSE(find_user("root:x:0:0::/root:/bin/sh\n", "roo"));
  const MemoryFacts memory =
      parse_memory("MemTotal: 2048 kB\nMemFree: 1 kB\nMemAvailable: 512 kB\n");
  CHECK(memory.total_bytes == 2'097'152);
  CHECK(memory.available_bytes == 524'288);
  const auto times = parse_cpu_times("cpu  10 1 5 100 4 0 0 0 0 0\ncpu0 1 1 1 1\n");
  REQUIRE(times);
  CHECK(times->busy == 16);
  CHECK(times->total == 120);
  CHECK_FALSE(parse_cpu_times("nonsense"));
}

TEST_CASE("health probe: only a status line of HTTP counts", "[runtime]") {
  CHECK(parse_status_line("HTTP/1.1 200 OK\r") == 200);
  CHECK(parse_status_line("HTTP/1.0 404") == 404);
  CHECK(parse_status_line("HTTP/1.1 20") == 0);
  CHECK(parse_status_line("HTTP/2 200") == 0);
  CHECK(parse_status_line("SSH-2.0-OpenSSH") == 0);
  CHECK(parse_status_line("HTTP/1.1 2x0 OK") == 0);
}

TEST_CASE("ports: the old one is kept while it is free, others are neither taken nor reserved",
          "[runtime]") {
  Random random = Random::from_number(7);
  const auto all_free = [](std::uint16_t) { return true; };
  CHECK(choose_port(25'000, {}, random, all_free) == std::uint16_t{25'000});
  const auto other = choose_port(25'000, {25'000}, random, all_free);
  REQUIRE(other);
  CHECK(*other != 25'000);
  const auto even = choose_port(0, {}, random, [](std::uint16_t port) { return port % 2 == 0; });
  REQUIRE(even);
  CHECK(*even % 2 == 0);
  CHECK(*even >= kPortFirst);
  CHECK_FALSE(choose_port(0, {}, random, [](std::uint16_t) { return false; }));
}

}  // namespace
}  // namespace a67
