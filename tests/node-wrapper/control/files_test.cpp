#include <sys/stat.h>

#include <catch_amalgamated.hpp>
#include <fstream>

#include "node-wrapper/control/data_folder.h"
#include "node-wrapper/control/node_record.h"
#include "tests/node-wrapper/control/temp_folder.h"

namespace a67::test {

TEST_CASE("Data folder: it is private and held by one wrapper at a time", "[control]") {
  const TempFolder temp;
  const std::string path = temp.path() + "/deep/data";
  {
    const auto first = DataFolder::open(path);
    REQUIRE(first);
    struct stat facts{};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777) == 0700);
    const auto second = DataFolder::open(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::kConflict);
    CHECK_FALSE(second.error().hint.empty());
  }
  CHECK(DataFolder::open(path));
}

TEST_CASE("Data folder: a relative path becomes absolute", "[control]") {
  const TempFolder temp;
  const auto relative = std::filesystem::relative(temp.path() + "/x/../data");
  const auto folder = DataFolder::open(relative.string());
  REQUIRE(folder);
  CHECK(folder->path() == std::filesystem::canonical(temp.path()).string() + "/data");
}

TEST_CASE("Data folder: half-written files of a killed wrapper are removed", "[control]") {
  const TempFolder temp;
  std::ofstream(temp.path() + "/desired.json.new12-3") << "secret";
  std::ofstream(temp.path() + "/desired.json") << "{}";
  REQUIRE(DataFolder::open(temp.path()));
  CHECK_FALSE(std::filesystem::exists(temp.path() + "/desired.json.new12-3"));
  CHECK(std::filesystem::exists(temp.path() + "/desired.json"));
}

TEST_CASE("Node record: identity and claim code last over restarts", "[control]") {
  const TempFolder temp;
  Random random = Random::from_number(3);
  const auto first = NodeRecordFile::open(temp.path(), "node-1", random);
  REQUIRE(first);
  CHECK(first->record().id.value.starts_with("n-"));
  const auto second = NodeRecordFile::open(temp.path(), "", random);
  REQUIRE(second);
  CHECK(second->record() == first->record());
  CHECK(second->claim_code() == first->claim_code());
  SECTION("a new name is taken over") {
    CHECK(NodeRecordFile::open(temp.path(), "node-2", random)->record().name == "node-2");
  }
  SECTION("a lost claim code is made anew") {
    std::filesystem::remove(temp.path() + "/claim-code");
    const auto third = NodeRecordFile::open(temp.path(), "", random);
    REQUIRE(third->claim_code());
    CHECK(third->claim_code() != first->claim_code());
  }
  SECTION("a damaged record is an error, not a fresh node") {
    std::ofstream(temp.path() + "/node.json") << "{\"version\":1,";
    const auto third = NodeRecordFile::open(temp.path(), "", random);
    REQUIRE_FALSE(third);
    CHECK(third.error().code == ErrorCode::kStoreFailed);
    CHECK(third.error().hint.contains("reset"));
  }
}

TEST_CASE("Node record: everything survives being written", "[control]") {
  NodeRecord record{.id = NodeId("n-1"),
                    .name = "node-1",
                    .epoch = 9,
                    .claim_lock = {.failures = 3, .locks = 2, .locked_until = 77}};
  record.controller = PinnedController{
      .key = {1}, .name = "laptop", .origins = {"http://localhost:3000"}, .code_hash = {2}};
  CHECK(node_record_from_json(to_json(record)) == record);
  CHECK_FALSE(node_record_from_json({{"version", 2}}));
}

TEST_CASE("Record: a new node takes the claim code it was given, and only a new one", "[control]") {
  const TempFolder temp;
  Random random = Random::from_number(7);
  const Sensitive<std::string> given(std::string("7qkd 9f3m x2va"));
  auto file = NodeRecordFile::open(temp.path(), "node-1", random, given);
  REQUIRE(file);
  CHECK(file->claim_code() == "7QKD-9F3M-X2VA");

  SECTION("one that has a code keeps it") {
    const Sensitive<std::string> other(std::string("1234-5678-9ABC"));
    CHECK(NodeRecordFile::open(temp.path(), "", random, other)->claim_code() == "7QKD-9F3M-X2VA");
  }
  SECTION("claimed, it is forgotten, also by the next start that is given it") {
    NodeRecord record = file->record();
    record.controller.emplace();
    REQUIRE(file->change(record));
    file->drop_claim_code();
    CHECK_FALSE(NodeRecordFile::open(temp.path(), "", random, given)->claim_code());
  }
  SECTION("given up, it has another one than before") {
    REQUIRE(file->renew_claim_code(random));
    const auto code = file->claim_code();
    CHECK(code != "7QKD-9F3M-X2VA");
    CHECK(NodeRecordFile::open(temp.path(), "", random, given)->claim_code() == code);
  }
}

TEST_CASE("Record: a claim code that could be guessed is not taken, nor told", "[control]") {
  const std::string weak =
      GENERATE("7QKD-9F3M", "AAAA-AAAA-AAAA", "ABCA-BCAB-CABC", "password", "7QKD-9F3M-X2VA-1");
  const TempFolder temp;
  Random random = Random::from_number(7);
  const auto file = NodeRecordFile::open(temp.path(), "", random, Sensitive<std::string>(weak));
  REQUIRE_FALSE(file);
  CHECK(file.error().code == ErrorCode::kInvalidInput);
  CHECK_FALSE((file.error().message + file.error().hint).contains(weak));
}

}  // namespace a67::test
