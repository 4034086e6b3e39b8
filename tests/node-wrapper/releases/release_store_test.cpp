#include "node-wrapper/releases/release_store.h"

#include <catch_amalgamated.hpp>
#include <filesystem>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

ReleaseStore open_store(const TemporaryFolder& folder, const ReleaseStore::Options& options = {}) {
  auto store = ReleaseStore::open(folder.path(), options);
  REQUIRE(store);
  return std::move(*store);
}

std::string hash_of(std::string_view text) { return hex_encode(sha256(text)); }

std::size_t count_files(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

std::string store_archive(ReleaseStore& store, const std::string& text) {
  auto upload = store.begin_upload(hash_of(text), ArchiveFormat::kTarGz);
  REQUIRE(upload);
  REQUIRE(upload->write(as_bytes(text)));
  REQUIRE(upload->finish());
  return hash_of(text);
}

TEST_CASE("release store: an upload is there after its hash was right", "[releases]") {
  const TemporaryFolder folder;
  ReleaseStore store = open_store(folder);
  const std::string text = "some bytes";
  auto upload = store.begin_upload(hash_of(text), ArchiveFormat::kZip);
  REQUIRE(upload);
  REQUIRE(upload->write(as_bytes(text.substr(0, 4))));
  REQUIRE(upload->write(as_bytes(text.substr(4))));
  CHECK_FALSE(store.has_archive(hash_of(text), ArchiveFormat::kZip));
  CHECK(upload->finish() == 10U);
  CHECK(store.has_archive(hash_of(text), ArchiveFormat::kZip));
  CHECK_FALSE(store.has_archive(hash_of(text), ArchiveFormat::kTarGz));
}

TEST_CASE("release store: a wrong hash or a broken stream leaves nothing behind", "[releases]") {
  const TemporaryFolder folder;
  ReleaseStore store = open_store(folder);
  {
    auto wrong = store.begin_upload(hash_of("promised"), ArchiveFormat::kTarGz);
    REQUIRE(wrong);
    REQUIRE(wrong->write(as_bytes("delivered")));
    const auto finished = wrong->finish();
    REQUIRE_FALSE(finished);
    CHECK(finished.error().code == ErrorCode::kInvalidInput);
  }
  {
    auto broken = store.begin_upload(hash_of("promised"), ArchiveFormat::kTarGz);
    REQUIRE(broken);
    REQUIRE(broken->write(as_bytes("prom")));
  }
  CHECK(count_files(folder / "incoming") == 0);
  CHECK(count_files(folder / "archives") == 0);
}

TEST_CASE("release store: rubbish of a killed wrapper is cleared when it opens", "[releases]") {
  const TemporaryFolder folder;
  (void)open_store(folder);
  REQUIRE(replace_file(folder / "incoming/7", "half", false));
  (void)open_store(folder);
  CHECK(count_files(folder / "incoming") == 0);
}

TEST_CASE("release store: what is too large or does not fit is refused early", "[releases]") {
  const TemporaryFolder folder;
  ReleaseStore::Options options;
  options.archive_bytes_max = 1000;
  options.free_bytes_min = 100;
  options.free_space = [](const std::string&) { return std::uint64_t{600}; };
  ReleaseStore store = open_store(folder, options);
  const auto code = [&](std::optional<std::uint64_t> bytes) {
    const auto upload = store.begin_upload(hash_of("x"), ArchiveFormat::kTarGz, bytes);
    return upload ? ErrorCode::kInternal : upload.error().code;
  };
  CHECK(code(1001) == ErrorCode::kTooLarge);
  CHECK(code(501) == ErrorCode::kDiskFull);
  auto upload = store.begin_upload(hash_of("x"), ArchiveFormat::kTarGz, 500);
  REQUIRE(upload);
  const auto written = upload->write(Bytes(1001));
  REQUIRE_FALSE(written);
  CHECK(written.error().code == ErrorCode::kTooLarge);
  const auto named = store.begin_upload("../../etc/passwd", ArchiveFormat::kTarGz);
  REQUIRE_FALSE(named);
  CHECK(named.error().code == ErrorCode::kInvalidInput);
}

TEST_CASE("release store: a disk that fills up during an upload stops it", "[releases]") {
  const TemporaryFolder folder;
  ReleaseStore::Options options;
  auto space = std::make_shared<std::uint64_t>(std::uint64_t{1} << 40);
  options.free_space = [space](const std::string&) { return *space; };
  ReleaseStore store = open_store(folder, options);
  auto upload = store.begin_upload(hash_of("x"), ArchiveFormat::kTarGz);
  REQUIRE(upload);
  const Bytes block(std::size_t{5} << 20);
  REQUIRE(upload->write(block));
  *space = 1000;
  const auto written = upload->write(block);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == ErrorCode::kDiskFull);
}

TEST_CASE("release store: a tree counts only once it is finished", "[releases]") {
  const TemporaryFolder folder;
  const ReleaseStore store = open_store(folder);
  const BuiltRelease built{.app = "shop",
                           .release = "shop-r1",
                           .runtime = "node",
                           .start = "node a.js",
                           .why = "because",
                           .bytes = 7,
                           .built_at = 5};
  REQUIRE(store.begin_tree("shop-r1.abc"));
  CHECK_FALSE(store.find_built("shop-r1.abc"));
  REQUIRE(store.finish_tree("shop-r1.abc", built));
  CHECK(store.find_built("shop-r1.abc") == built);
  REQUIRE(store.begin_tree("shop-r1.abc"));
  CHECK_FALSE(store.find_built("shop-r1.abc"));
}

TEST_CASE("release store: a tree's name changes with whatever its build depends on", "[releases]") {
  DesiredReplica replica;
  replica.release = ReleaseId("shop-r1");
  replica.source.sha256 = std::string(64, 'a');
  const std::string key = ReleaseStore::tree_key(replica);
  CHECK(key.starts_with("shop-r1."));
  DesiredReplica other = replica;
  other.id = ReplicaId("another");
  other.spec.memory_mb = 5;
  CHECK(ReleaseStore::tree_key(other) == key);
  other.spec.build = "make";
  CHECK(ReleaseStore::tree_key(other) != key);
  other = replica;
  other.spec.env["A"] = WireSecret<std::string>("1");
  CHECK(ReleaseStore::tree_key(other) != key);
}

TEST_CASE("release store: wanted trees and the newest two of each app stay", "[releases]") {
  const std::vector<TreeFacts> trees = {{"a1", "a", "", 1}, {"a2", "a", "", 2},
                                        {"a3", "a", "", 3}, {"a4", "a", "", 4},
                                        {"b1", "b", "", 1}, {"half", "", "", 0}};
  CHECK(choose_garbage(trees, {"a1"}) == std::set<std::string>{"a2", "half"});
  CHECK(choose_garbage(trees, {}) == std::set<std::string>{"a1", "a2", "half"});
  CHECK(choose_garbage(trees, {"a4", "half"}) == std::set<std::string>{"a1"});
}

TEST_CASE("release store: collecting keeps archives that are wanted, needed or new", "[releases]") {
  const TemporaryFolder folder;
  ReleaseStore store = open_store(folder);
  const std::string wanted = store_archive(store, "wanted");
  const std::string needed = store_archive(store, "needed by a tree");
  const std::string old = store_archive(store, "old");
  REQUIRE(store.begin_tree("shop-r1.x"));
  REQUIRE(store.finish_tree("shop-r1.x", {.app = "shop", .archive = needed, .built_at = 1}));
  const UnixMs later = std::int64_t{4'000'000'000'000};
  store.collect({}, {wanted}, 0);
  CHECK(store.has_archive(old, ArchiveFormat::kTarGz));
  store.collect({}, {wanted}, later);
  CHECK(store.has_archive(wanted, ArchiveFormat::kTarGz));
  CHECK(store.has_archive(needed, ArchiveFormat::kTarGz));
  CHECK_FALSE(store.has_archive(old, ArchiveFormat::kTarGz));
}

}  // namespace
}  // namespace a67
