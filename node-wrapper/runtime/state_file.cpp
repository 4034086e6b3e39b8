#include "node-wrapper/runtime/state_file.h"

#include "engine/base/json.h"
#include "engine/fleet/field_reader.h"

namespace a67 {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kPidMax = 1 << 22;
constexpr std::int64_t kCountMax = std::int64_t{1} << 53;
constexpr std::size_t kStateBytesMax = std::size_t{4} << 20;
constexpr std::size_t kSavedReplicasMax =
    2 * kDesiredReplicasMax;  // wanted ones and those that are stopping

// It becomes a folder's name: nothing that could lead elsewhere.
bool is_tree_key(std::string_view text) {
  const std::size_t dot = text.find('.');
  return dot != std::string_view::npos && is_valid_id(text.substr(0, dot)) &&
         is_valid_id(text.substr(dot + 1));
}

Json to_json(const ProcessIdentity& process) {
  return {{"pid", process.pid}, {"startTicks", process.start_ticks}};
}

Json to_json(const SavedReplica& replica) {
  Json json = {{"id", replica.id.value},
               {"app", replica.app},
               {"generation", replica.generation},
               {"key", replica.key},
               {"port", replica.port},
               {"process", to_json(replica.process)},
               {"startedAt", replica.started_at},
               {"restarts", replica.life.restarts},
               {"crashesBeforeReady", replica.life.crashes_before_ready},
               {"everReady", replica.life.ever_ready},
               {"givenUp", replica.life.given_up}};
  if (replica.life.reason) json["reason"] = to_json_error(*replica.life.reason);
  return json;
}

Result<void> read_process(const Json& value, const std::string& path, ProcessIdentity& process) {
  FieldReader read(value, path);
  std::int64_t pid = 0;
  std::int64_t ticks = 0;
  read.integer("pid", pid, 0, kPidMax);
  read.integer("startTicks", ticks, 0, kCountMax);
  // 1 is init, and signals to "group 1" or "group 0" would reach strangers.
  if (pid == 1) read.refuse("pid", "is no process of ours");
  process = {.pid = static_cast<pid_t>(pid), .start_ticks = static_cast<std::uint64_t>(ticks)};
  return read.done();
}

Result<void> read_replica(const Json& value, const std::string& path, SavedReplica& replica) {
  FieldReader read(value, path);
  std::int64_t port = 0;
  std::int64_t crashes = 0;
  read.checked_text("id", replica.id.value, is_valid_id, "is not a replica id");
  read.checked_text("app", replica.app, is_valid_app_name, "is not an app name");
  read.integer("generation", replica.generation, 0, kCountMax);
  read.checked_text("key", replica.key, is_tree_key, "is not a tree's name");
  read.integer("port", port, 0, 65'535);
  read.object("process", [&](const Json& item, const std::string& where) {
    return read_process(item, where, replica.process);
  });
  read.integer("startedAt", replica.started_at, 0, kCountMax);
  read.integer("restarts", replica.life.restarts, 0, kCountMax);
  read.integer("crashesBeforeReady", crashes, 0, 1'000'000);
  read.boolean("everReady", replica.life.ever_ready);
  read.boolean("givenUp", replica.life.given_up);
  replica.port = static_cast<std::uint16_t>(port);
  replica.life.crashes_before_ready = static_cast<std::uint32_t>(crashes);
  if (read.has("reason")) replica.life.reason = error_from_json(object_at(value, "reason"));
  return read.done();
}

}  // namespace

std::string write_state(const SavedState& state) {
  Json replicas = Json::array();
  for (const SavedReplica& replica : state.replicas) replicas.push_back(to_json(replica));
  return dump_json(
      {{"version", kVersion}, {"bootId", state.boot_id}, {"replicas", std::move(replicas)}});
}

Result<SavedState> read_state(std::string_view text) {
  const Result<Json> json = parse_json(text, {.bytes_max = kStateBytesMax});
  if (!json) return std::unexpected(json.error());
  SavedState state;
  std::int64_t version = 0;
  FieldReader read(*json);
  read.integer("version", version, kVersion, kVersion);
  read.text("bootId", state.boot_id, 64);
  read.array("replicas", kSavedReplicasMax, [&](const Json& item, const std::string& where) {
    return read_replica(item, where, state.replicas.emplace_back());
  });
  if (Result<void> done = read.done(); !done) return std::unexpected(done.error());
  return state;
}

}  // namespace a67
