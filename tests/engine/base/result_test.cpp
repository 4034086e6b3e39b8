#include "engine/base/result.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "engine/base/json.h"

namespace a67 {
namespace {

Json contract_errors() {
  std::ifstream file(A67_CONTRACT_FILE);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return Json::parse(text)["errors"];
}

TEST_CASE("ErrorCode: the codes are the contract's, all of them", "[base]") {
  std::set<std::string> ours;
  for (const ErrorCode code : all_error_codes()) ours.emplace(to_string(code));
  std::set<std::string> contract;
  for (const auto& [name, entry] : contract_errors().items()) contract.insert(name);
  CHECK(ours == contract);
  CHECK(all_error_codes().size() == contract.size());
}

TEST_CASE("ErrorCode: what may be repeated is the contract's word", "[base]") {
  for (const auto& [name, entry] : contract_errors().items()) {
    INFO(name);
    const auto code = error_code_from(name);
    REQUIRE(code);
    CHECK(is_retryable(*code) == entry["retryable"].get<bool>());
  }
}

TEST_CASE("ErrorCode: a name leads back to its code, others to none", "[base]") {
  for (const ErrorCode code : all_error_codes()) CHECK(error_code_from(to_string(code)) == code);
  CHECK_FALSE(error_code_from("Invalid_input"));
  CHECK_FALSE(error_code_from(""));
}

TEST_CASE("Error: crosses the boundary whole", "[base]") {
  const Error error{.code = ErrorCode::kBuildFailed,
                    .message = "The build failed.",
                    .hint = "Look at the last lines.",
                    .field = "build",
                    .lines = {"npm ERR!", "code 1"}};
  CHECK(error_from_json(to_json_error(error)) == error);
  CHECK(to_json_error(error)["retryable"] == false);
  CHECK(to_json_error({.code = ErrorCode::kUnreachable})["retryable"] == true);
}

TEST_CASE("Error: empty parts are left out of its JSON", "[base]") {
  CHECK(to_json_error({.code = ErrorCode::kNotFound, .message = "m"}) ==
        Json{{"code", "not_found"}, {"message", "m"}, {"retryable", false}});
}

TEST_CASE("Error: an unknown or wrong JSON becomes an internal error", "[base]") {
  CHECK(error_from_json(Json{{"code", "from_the_future"}, {"message", "m"}}) ==
        Error{.code = ErrorCode::kInternal, .message = "m"});
  CHECK(error_from_json(Json::array()).code == ErrorCode::kInternal);
  CHECK(error_from_json(Json{{"code", 7}, {"lines", {1, "x", nullptr}}}).lines ==
        std::vector<std::string>{"x"});
}

TEST_CASE("fail: makes an error of all its parts", "[base]") {
  const Result<int> result = fail(ErrorCode::kConflict, "m", "h", "f");
  REQUIRE_FALSE(result);
  CHECK(result.error() ==
        Error{.code = ErrorCode::kConflict, .message = "m", .hint = "h", .field = "f"});
}

}  // namespace
}  // namespace a67
