// Large uploads under cut connections: at every point one by one, and seed by seed. There is one
// object under the key or none; it is whole; nothing unfinished is left unless it is named.
#include <array>
#include <catch_amalgamated.hpp>
#include <cstdlib>
#include <string>

#include "tests/fakes/fake_cloud.h"

using namespace a67;
using fakes::Chaos;
using fakes::FakeCloud;
using fakes::Fate;

namespace {

constexpr std::uint64_t kRunsDefault = 40;
constexpr const char* kBucket = "a67-bucket";
constexpr const char* kKey = "large/one.bin";
constexpr std::array kProviders = {"supabase", "s3"};

std::uint64_t runs() {
  const char* text = std::getenv("A67_CHAOS_RUNS");
  return text == nullptr ? kRunsDefault : std::strtoull(text, nullptr, 10);
}

// Three chunks of TUS, two parts of S3.
const std::string& large() {
  static const std::string kBytes = [] {
    std::string bytes(std::size_t{13} << 20, 'A');
    for (std::size_t at = 1; at < bytes.size(); at += 4099) bytes[at] = static_cast<char>(at / 7);
    return bytes;
  }();
  return kBytes;
}

Json put_input() {
  return {{"bucket", kBucket}, {"key", kKey}, {"blob", "large"}, {"size", large().size()}};
}

void prepare(FakeCloud& cloud) {
  cloud.keep_blob("large", large());
  REQUIRE(cloud.verify());
  REQUIRE(cloud.run("bucket.create", {{"name", kBucket}}));
}

std::size_t objects_under_the_key(FakeCloud& cloud) {
  const auto all = cloud.run("object.list", {{"bucket", kBucket}, {"prefix", kKey}});
  REQUIRE(all);
  return (*all)["objects"].size();
}

std::size_t requests_of_an_upload(std::string_view provider) {
  FakeCloud cloud(provider);
  prepare(cloud);
  const std::size_t before = cloud.requests_sent();
  REQUIRE(cloud.run("object.put", put_input()));
  return cloud.requests_sent() - before;
}

void cut_at_every_point(std::string_view provider, Fate::Kind kind) {
  const std::size_t requests = requests_of_an_upload(provider);
  REQUIRE(requests >= 4);
  for (std::size_t at = 0; at < requests; ++at) {
    INFO(provider << " request " << at << " of " << requests);
    FakeCloud cloud(provider);
    prepare(cloud);
    cloud.set_fate(at, kind);
    CHECK(cloud.run("object.put", put_input()));
    const std::string* stored = cloud.fake().stored(kBucket, kKey);
    REQUIRE(stored != nullptr);
    CHECK(*stored == large());
    CHECK(objects_under_the_key(cloud) == 1);
    CHECK(cloud.fake().unfinished_uploads() == 0);
  }
}

struct Seen {
  bool made = false;
  std::string error;
  std::size_t requests = 0;
  bool operator==(const Seen&) const = default;
};

Seen run(std::string_view provider, std::uint64_t seed) {
  FakeCloud cloud(provider, seed);
  prepare(cloud);
  if (seed % 2 == 0) {
    REQUIRE(cloud.run("object.put", {{"bucket", kBucket}, {"key", kKey}, {"bytes", "b2xk"}}));
  }
  auto storm = Chaos::kStormy;
  storm.cut_inside = 10;
  cloud.set_chaos(storm);
  const auto put = cloud.run("object.put", put_input());
  Seen seen{.made = put.has_value(),
            .error = put ? "" : std::string(to_string(put.error().code)),
            .requests = cloud.requests_sent()};
  cloud.set_chaos({});
  const std::string* stored = cloud.fake().stored(kBucket, kKey);
  if (put) {
    REQUIRE(stored != nullptr);
    CHECK(*stored == large());
    CHECK(cloud.fake().unfinished_uploads() == 0);
  } else {
    // What was there before, or the whole: never a part.
    CHECK((stored == nullptr ? seed % 2 == 1 : *stored == "old" || *stored == large()));
    if (cloud.fake().unfinished_uploads() != 0) CHECK_FALSE(put.error().lines.empty());
  }
  CHECK(objects_under_the_key(cloud) == (stored == nullptr ? 0 : 1));
  REQUIRE(cloud.run("object.put", put_input()));  // in fine weather it is done whatever was left
  CHECK(*cloud.fake().stored(kBucket, kKey) == large());
  CHECK(objects_under_the_key(cloud) == 1);
  CHECK(cloud.leaks().empty());
  return seen;
}

}  // namespace

TEST_CASE("uploads: a connection that breaks at any point leaves one object, and it is whole",
          "[uploads]") {
  for (const char* provider : kProviders) {
    DYNAMIC_SECTION(provider) {
      for (const Fate::Kind kind :
           {Fate::Kind::kCutBefore, Fate::Kind::kCutAfter, Fate::Kind::kCutInside}) {
        cut_at_every_point(provider, kind);
      }
    }
  }
}

TEST_CASE("uploads: a resumed upload does not send again what had arrived", "[uploads]") {
  FakeCloud cloud("supabase");
  prepare(cloud);
  const std::size_t requests = requests_of_an_upload("supabase");
  const std::size_t before = cloud.requests_sent();
  cloud.set_fate(requests - 2, Fate::Kind::kCutAfter);
  REQUIRE(cloud.run("object.put", put_input()));
  // One more: the look at how much the server has.
  CHECK(cloud.requests_sent() - before == requests + 1);
}

TEST_CASE(
    "uploads: in a storm a large object is whole or what was there before, and what is left "
    "unfinished is named",
    "[uploads]") {
  for (const char* provider : kProviders) {
    DYNAMIC_SECTION(provider) {
      std::uint64_t made = 0;
      for (std::uint64_t seed = 0; seed < runs(); ++seed) {
        INFO(provider << " seed " << seed);
        const Seen seen = run(provider, seed);
        made += seen.made ? 1 : 0;
        if (seed % 100 == 0) CHECK(run(provider, seed) == seen);
      }
      CHECK(made * 10 > runs() * 8);  // the storm must not have stopped much
    }
  }
}
