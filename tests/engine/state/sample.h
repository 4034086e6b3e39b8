// A state with something in every corner.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/state/state.h"

namespace a67::test {

inline ReleaseRecord sample_release(std::int64_t number) {
  return {.id = ReleaseId("guestbook-r" + std::to_string(number)),
          .number = number,
          .source = {.kind = Source::Kind::kArchive,
                     .sha256 = std::string(64, 'a'),
                     .format = ArchiveFormat::kZip},
          .source_name = "guestbook.zip",
          .source_bytes = 12'345,
          .spec = {.runtime = "node",
                   .build = "npm ci",
                   .start = "node server.js",
                   .static_root = "public",
                   .env = {{"GREETING", WireSecret<std::string>("hello")}},
                   .health = {.path = "/healthz",
                              .interval_seconds = 7,
                              .timeout_seconds = 3,
                              .start_seconds = 90},
                   .memory_mb = 256,
                   .cpu_percent = 150,
                   .stop_seconds = 20,
                   .build_seconds = 300},
          .hosts = {"guestbook.localhost", "book.example.org"},
          .policy = "latency",
          .created_at = 1'790'000'000'123};
}

inline State sample_state() {
  State state;
  state.nodes = {{.id = NodeId("n-1"),
                  .name = "node-1",
                  .url = "http://127.0.0.1:4601",
                  .gateway_url = "http://127.0.0.1:4701",
                  .role = NodeRole::kWorker,
                  .claimed_at = 5},
                 {.id = NodeId("n-2"),
                  .name = "entry",
                  .url = "http://127.0.0.1:4602",
                  .gateway_url = "http://127.0.0.1:8080",
                  .role = NodeRole::kGateway,
                  .claimed_at = 6}};
  AppRecord app{.name = "guestbook",
                .created_at = 7,
                .wanted = 3,
                .stopped = true,
                .serving = ReleaseId("guestbook-r1"),
                .generation = 4,
                .next_release = 3};
  app.releases = {sample_release(1), sample_release(2)};
  app.releases[1].source = {
      .kind = Source::Kind::kGit, .url = "https://example.org/guestbook.git", .ref = "main"};
  app.assignments = {{.id = ReplicaId("guestbook-r1-abcde"),
                      .node = NodeId("n-1"),
                      .release = ReleaseId("guestbook-r1"),
                      .generation = 4,
                      .ready = true,
                      .why = {{"score", 12.5}}},
                     {.id = ReplicaId("guestbook-r1-fghjk"),
                      .node = NodeId("n-1"),
                      .release = ReleaseId("guestbook-r1"),
                      .draining_since = Instant{}}};
  app.deployments = {{.id = DeploymentId("d-1"),
                      .kind = DeploymentKind::kRollback,
                      .release = ReleaseId("guestbook-r1"),
                      .previous = ReleaseId("guestbook-r2"),
                      .state = DeploymentState::kRolledBack,
                      .wanted = 3,
                      .wanted_before = 2,
                      .generation = 4,
                      .ready = 1,
                      .percent = 40,
                      .step = "The previous release serves on.",
                      .started_at = 8,
                      .finished_at = 9,
                      .error = Error{.code = ErrorCode::kBuildFailed,
                                     .message = "npm ci ended with 1.",
                                     .lines = {"npm ERR!"}},
                      .avoid = {NodeId("n-2")}}};
  state.apps.push_back(std::move(app));
  state.note(10, ActivityLevel::kWarning, "node.state", "node-1", "node-1 is suspect.");
  state.settings = {
      .heartbeat_seconds = 12,
      .weights = {.cpu = 20, .memory = 20, .latency = 20, .connections = 20, .history = 20}};
  std::array<std::uint8_t, 32> key{};
  key.fill(9);
  state.mesh_key = MeshKey(key);
  return state;
}

}  // namespace a67::test
