// Three devices whose clocks are years apart edit and exchange what they did, in any order: in the
// end they agree.
#include <algorithm>
#include <catch_amalgamated.hpp>
#include <string>
#include <vector>

#include "engine/state/change_record.h"
#include "tests/engine/state/log_bench.h"

namespace {

using namespace a67;
using test::LogLife;
using test::Rows;
using test::set;

constexpr std::uint64_t kCases = 400;
constexpr std::uint64_t kLogCases = 12;
constexpr UnixMs kYear = std::int64_t{365} * 24 * 3600 * 1000;

std::string name(const char* kind, std::uint64_t number) { return kind + std::to_string(number); }

struct Replica {
  std::string device;
  UnixMs now = 0;
  HybridClock clock;
  Entities entities;
  std::vector<ChangeRecord> made;

  void edit(Random& random) {
    ChangeRecord record{.workspace = "w1", .device = device};
    const std::string entity = name("app/", random.below(3));
    std::uint64_t beyond = 0;
    if (const auto found = entities.find(entity); found != entities.end()) {
      if (found->second.tombstone) beyond = found->second.tombstone->hlc;
      for (const auto& [field, value] : found->second.fields) {
        beyond = std::max(beyond, value.stamp.hlc);
      }
    }
    if (random.below(6) == 0) {
      record.tombstones.push_back({entity, {}});
    } else {
      record.fields.push_back({entity, name("f", random.below(3)),
                               random.below(5) == 0 ? Json() : Json(random.next()), nullptr});
    }
    record.hlc = clock.next(now, beyond);
    record.merge_into(entities);
    made.push_back(record);
  }
};

// Whether the three agree, given how to decide who wins.
bool agree(std::uint64_t seed, Wins wins) {
  Random random = Random::from_number(seed);
  std::vector<Replica> replicas(3);
  const UnixMs start = 1'790'000'000'000;
  for (std::size_t at = 0; at < replicas.size(); ++at) {
    replicas[at].device = name("dev-", at);
    // Alike, a little apart, or years.
    const UnixMs skews[] = {0, 0, 3, -20 * kYear, 10 * kYear};
    replicas[at].now = start + skews[random.below(5)];
  }
  std::vector<ChangeRecord> all;
  std::vector<Entities> merged(3);
  for (std::uint64_t step = 0; step < 30; ++step) {
    Replica& replica = replicas[random.below(3)];
    if (random.below(4) == 0) replica.now += static_cast<UnixMs>(random.below(3));
    if (random.below(3) > 0 || all.empty()) {
      replica.edit(random);
      all.push_back(replica.made.back());
    } else {
      const ChangeRecord& seen = all[random.below(all.size())];
      replica.clock.observe(seen.hlc, replica.now);
      seen.merge_into(replica.entities);
    }
  }
  // Everything to everybody, in an order of each one's own, and some of it twice.
  for (Entities& entities : merged) {
    std::vector<const ChangeRecord*> order;
    for (const ChangeRecord& record : all) {
      for (std::uint64_t times = 1 + random.below(2); times > 0; --times) order.push_back(&record);
    }
    for (std::size_t left = order.size(); left > 1; --left) {
      std::swap(order[left - 1], order[random.below(left)]);
    }
    for (const ChangeRecord* record : order) record->merge_into(entities, nullptr, wins);
  }
  return merged[0] == merged[1] && merged[1] == merged[2];
}

bool without_tie_break(const Stamp& a, const Stamp& b) { return a.hlc > b.hlc; }

}  // namespace

TEST_CASE("Convergence: any interleaving on three devices with clocks years apart",
          "[entities][property]") {
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    CAPTURE(seed);
    REQUIRE(agree(seed, newer));
  }
}

TEST_CASE("Convergence: a merge that ignores the device's tie-break would be caught",
          "[entities][property]") {
  std::uint64_t caught = 0;
  for (std::uint64_t seed = 1; seed <= kCases; ++seed) {
    caught += agree(seed, without_tie_break) ? 0U : 1U;
  }
  CHECK(caught > 0);
}

TEST_CASE("Convergence: whole logs agree, over compactions and restarts",
          "[change_log][property]") {
  for (std::uint64_t seed = 1; seed <= kLogCases; ++seed) {
    CAPTURE(seed);
    Random random = Random::from_number(seed);
    std::vector<Rows> rows(3);
    std::vector<std::unique_ptr<LogLife>> lives(3);
    std::vector<UnixMs> skews;
    const auto begin = [&](std::size_t at) {
      lives[at] = std::make_unique<LogLife>(
          rows[at],
          ChangeLog::Options{.workspace = "w1", .device = name("dev-", at), .shared = true});
      lives[at]->clock.now += skews[at];
      REQUIRE_FALSE(lives[at]->open());
      REQUIRE(lives[at]->log->damages().empty());
    };
    for (std::size_t at = 0; at < 3; ++at) {
      skews.push_back((static_cast<UnixMs>(random.below(5)) - 2) * 7 * kYear);
      begin(at);
    }
    const auto exchange = [&](std::size_t from, std::size_t to) {
      const auto page = lives[from]->answer(lives[from]->log->export_records(0, 1'000));
      REQUIRE(page);
      auto texts = page->texts;
      for (std::size_t left = texts.size(); left > 1; --left) {
        std::swap(texts[left - 1], texts[random.below(left)]);
      }
      const auto report = lives[to]->answer(lives[to]->log->import_records(std::move(texts)));
      REQUIRE(report);
      CHECK(report->refused.empty());
    };
    for (int step = 0; step < 40; ++step) {
      const std::size_t at = random.below(3);
      LogLife& life = *lives[at];
      switch (random.below(8)) {
        case 0:
          exchange(at, random.below(3));
          break;
        case 1:
          REQUIRE(life.answer(life.log->compact()));
          break;
        case 2:
          REQUIRE(life.append(test::erase(name("app/", random.below(3)))));
          break;
        case 3:
          begin(at);
          break;
        default: {
          const std::string app = name("app/", random.below(3));
          const std::string field = name("f", random.below(2));
          const Json value = random.next();
          REQUIRE(life.append(set(app, field, value)));
          // An edit takes effect where it was made, whatever the clocks say.
          CHECK(value_at(life.log->entities(), app, field) == value);
        }
      }
    }
    for (std::size_t round = 0; round < 2; ++round) {
      for (std::size_t from = 0; from < 3; ++from) {
        for (std::size_t to = 0; to < 3; ++to) exchange(from, to);
      }
    }
    CHECK(lives[0]->log->entities() == lives[1]->log->entities());
    CHECK(lives[1]->log->entities() == lives[2]->log->entities());
  }
}
