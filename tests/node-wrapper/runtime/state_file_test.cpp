#include "node-wrapper/runtime/state_file.h"

#include <catch_amalgamated.hpp>

#include "engine/base/json.h"

namespace a67 {
namespace {

SavedState sample() {
  SavedState state{.boot_id = "boot", .replicas = {}};
  state.replicas.push_back(
      {.id = ReplicaId("app-1"),
       .app = "app",
       .generation = 3,
       .key = "app-r1.0123456789abcdef",
       .port = 20'123,
       .process = {.pid = 4711, .start_ticks = 99},
       .started_at = 1'700'000'000'000,
       .life = {
           .restarts = 2,
           .crashes_before_ready = 1,
           .ever_ready = true,
           .reason = Error{.code = ErrorCode::kCrashed, .message = "boom", .lines = {"last"}}}});
  return state;
}

TEST_CASE("state file: what is written is read again", "[runtime]") {
  CHECK(read_state(write_state(sample())) == sample());
  CHECK(read_state(write_state({})) == SavedState{});
}

TEST_CASE("state file: half a file, or a wrong field, is refused as a whole", "[runtime]") {
  const std::string text = write_state(sample());
  for (std::size_t length = 0; length < text.size(); ++length) {
    CHECK_FALSE(read_state(text.substr(0, length)));
  }
  const auto with = [&](const char* pointer, const Json& value) {
    Json json = *parse_json(text);
    json[Json::json_pointer(pointer)] = value;
    return read_state(dump_json(json));
  };
  CHECK(with("/replicas/0/port", 5));
  CHECK_FALSE(with("/version", 2));
  CHECK_FALSE(with("/replicas/0/process/pid", -1));
  CHECK_FALSE(with("/replicas/0/process/pid", 1));
  CHECK_FALSE(with("/replicas/0/key", "../../etc"));
  CHECK_FALSE(with("/replicas/0/key", "a/b.c"));
  CHECK_FALSE(with("/replicas/0/id", "../x"));
  CHECK_FALSE(with("/replicas/0/port", 70'000));
}

}  // namespace
}  // namespace a67
