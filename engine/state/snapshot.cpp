#include "engine/state/snapshot.h"

#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/state/record_json.h"

namespace a67 {
namespace {

template <class Records, class Write>
Json write_each(const Records& records, Write write) {
  Json list = Json::array();
  for (const auto& record : records) list.push_back(write(record));
  return list;
}

Json write_whole_app(const AppRecord& app) {
  Json value = write_app(app);
  value["releases"] = write_each(app.releases, write_release);
  value["assignments"] = write_each(app.assignments, write_assignment);
  value["deployments"] = write_each(app.deployments, write_deployment);
  return value;
}

Json write_state(const State& state) {
  Json value = write_settings(state.settings);
  value["nodes"] = write_each(state.nodes, write_node);
  value["apps"] = write_each(state.apps, write_whole_app);
  value["activity"] = write_each(state.activity, write_activity);
  value["nextActivitySeq"] = state.next_activity_seq;
  value["meshKey"] = write_mesh_key(state.mesh_key);
  return value;
}

// The digest has shown that these are our own bytes, so the lenient readers do.
template <class Records, class Read>
void read_each(const Json& value, std::string_view key, Records& into, Read read) {
  for (const Json& record : array_at(value, key)) into.push_back(read(record));
}

AppRecord read_whole_app(const Json& value) {
  AppRecord app = read_app(value);
  read_each(value, "releases", app.releases, read_release);
  read_each(value, "assignments", app.assignments, read_assignment);
  read_each(value, "deployments", app.deployments, read_deployment);
  return app;
}

State read_state(const Json& value) {
  State state;
  read_each(value, "nodes", state.nodes, read_node);
  read_each(value, "apps", state.apps, read_whole_app);
  read_each(value, "activity", state.activity, read_activity);
  state.next_activity_seq = int_or(value, "nextActivitySeq", 1);
  state.settings = read_settings(value);
  state.mesh_key = read_mesh_key(string_or(value, "meshKey"));
  return state;
}

std::unexpected<Error> damaged(std::string what) {
  return fail(
      ErrorCode::kStoreFailed, "The saved state cannot be read: " + std::move(what),
      "Nothing was overwritten. Restore the browser profile or data folder from a backup, or "
      "start with an empty one and claim the nodes again.");
}

}  // namespace

std::string write_snapshot(const State& state) {
  const std::string inner = dump_json(write_state(state));
  return dump_json(
      {{"version", kSnapshotVersion}, {"sha256", hex_encode(sha256(inner))}, {"state", inner}});
}

Result<State> read_snapshot(std::string_view text) {
  const auto outer = parse_json(text, {.bytes_max = kSnapshotBytesMax});
  if (!outer) return damaged(outer.error().message);
  const auto version = int_or(*outer, "version");
  if (version > kSnapshotVersion) {
    return damaged("it was written by a newer Automator67 (format " + std::to_string(version) +
                   ", this one knows " + std::to_string(kSnapshotVersion) + ").");
  }
  const std::string inner = string_or(*outer, "state");
  if (version != kSnapshotVersion || string_or(*outer, "sha256") != hex_encode(sha256(inner))) {
    return damaged("its checksum does not match.");
  }
  const auto value = parse_json(inner, {.bytes_max = kSnapshotBytesMax});
  if (!value) return damaged(value.error().message);
  return read_state(*value);
}

}  // namespace a67
