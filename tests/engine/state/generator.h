// Random states, and random things people do to them. The same numbers always give the same state.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/base/random.h"
#include "engine/state/state.h"

namespace a67::test {

class StateGenerator {
 public:
  explicit StateGenerator(std::uint64_t number) : random_(Random::from_number(number)) {}

  State state() {
    State made;
    for (std::uint64_t count = below(5); count > 0; --count) add_node(made);
    for (std::uint64_t count = below(4); count > 0; --count) add_app(made);
    for (std::uint64_t count = below(8); count > 0; --count) note(made);
    if (below(12) == 0) fill_activity(made);
    edit_settings(made);
    std::array<std::uint8_t, 32> key{};
    random_.fill(key);
    made.mesh_key = MeshKey(key);
    return made;
  }

  void edit(State& state) {
    switch (below(9)) {
      case 0:
        return add_node(state);
      case 1:
        return add_app(state);
      case 2:
        return edit_settings(state);
      case 3:
        if (!state.nodes.empty()) erase_one(state.nodes);
        return;
      case 4:
        if (!state.apps.empty()) erase_one(state.apps);
        return;
      case 5:
      case 6:
        if (!state.apps.empty()) edit_app(state.apps[below(state.apps.size())]);
        return;
      default:
        return note(state);
    }
  }

  std::uint64_t below(std::uint64_t limit) { return random_.below(limit); }
  std::int64_t number(std::uint64_t limit = 1000) {
    return static_cast<std::int64_t>(random_.below(limit));
  }

 private:
  // Now and then with what is awkward to store.
  std::string text() {
    static constexpr std::array kAwkward = {"", "ü/%2F\"\\", "a\nb\x01", "null",
                                            "\xF0\x9F\x9A\x80"};
    return below(4) == 0 ? kAwkward[below(kAwkward.size())] : random_.make_name(1 + below(12));
  }
  template <class Records>
  void erase_one(Records& records) {
    records.erase(records.begin() + static_cast<std::ptrdiff_t>(below(records.size())));
  }

  void add_node(State& state) {
    state.nodes.push_back({.id = NodeId(random_.make_name(10)),
                           .name = text(),
                           .url = text(),
                           .gateway_url = text(),
                           .role = below(2) == 0 ? NodeRole::kWorker : NodeRole::kGateway,
                           .claimed_at = number()});
  }

  void add_app(State& state) {
    AppRecord app{.name = below(9) == 0 ? "odd/%name" : random_.make_name(6),
                  .created_at = number()};
    if (state.find_app(app.name) != nullptr) return;
    for (std::uint64_t count = 1 + below(6); count > 0; --count) edit_app(app);
    state.apps.push_back(std::move(app));
  }

  ReleaseRecord release(AppRecord& app) {
    const std::int64_t number_of = app.next_release++;
    ReleaseRecord made{.id = ReleaseId(random_.make_name(5) + "-r" + std::to_string(number_of)),
                       .number = number_of,
                       .source_name = text(),
                       .source_bytes = number(),
                       .spec = {.runtime = text(),
                                .build = text(),
                                .start = text(),
                                .static_root = text(),
                                .health = {.path = text(), .interval_seconds = number()},
                                .memory_mb = number(),
                                .stop_seconds = number()},
                       .policy = text(),
                       .created_at = number()};
    if (below(2) == 0) {
      made.source = {.kind = Source::Kind::kGit, .url = text(), .ref = text()};
    } else {
      made.source = {.sha256 = text(), .format = ArchiveFormat::kZip};
    }
    for (std::uint64_t count = below(4); count > 0; --count) {
      made.spec.env.insert_or_assign("KEY_" + std::to_string(below(5)),
                                     WireSecret<std::string>(text()));
      made.hosts.push_back(text());
    }
    return made;
  }

  void edit_app(AppRecord& app) {
    switch (below(8)) {
      case 0:
        app.releases.push_back(release(app));
        if (app.releases.size() > kReleasesPerAppMax) app.releases.erase(app.releases.begin());
        return;
      case 1:
        return add_deployment(app);
      case 2:
        app.assignments.push_back({.id = ReplicaId(random_.make_name(9)),
                                   .node = NodeId(text()),
                                   .release = ReleaseId(text()),
                                   .generation = number(),
                                   .ready = below(2) == 0,
                                   .why = {{"score", 12.5}, {"list", {1, "two"}}}});
        return;
      case 3:
        if (!app.assignments.empty()) erase_one(app.assignments);
        return;
      case 4:
        for (auto& assignment : app.assignments) {
          assignment.ready = below(2) == 0;
          if (below(3) == 0) assignment.draining_since = Instant{};
        }
        return;
      case 5:
        if (!app.releases.empty()) app.serving = app.releases[below(app.releases.size())].id;
        return;
      default:
        app.wanted = number();
        app.stopped = below(2) == 0;
    }
  }

  void add_deployment(AppRecord& app) {
    DeploymentRecord made{.id = DeploymentId(random_.make_name(7)),
                          .kind = static_cast<DeploymentKind>(below(5)),
                          .release = ReleaseId(text()),
                          .state = static_cast<DeploymentState>(below(7)),
                          .wanted = number(),
                          .percent = number(101),
                          .step = text(),
                          .started_at = number(),
                          .finished_at = number()};
    if (below(2) == 0) {
      made.error = Error{
          .code = ErrorCode::kBuildFailed, .message = text(), .hint = text(), .lines = {text()}};
    }
    if (below(2) == 0) made.avoid.emplace_back(text());
    app.deployments.push_back(std::move(made));
    if (app.deployments.size() > kDeploymentsPerAppMax) {
      app.deployments.erase(app.deployments.begin());
    }
  }

  void edit_settings(State& state) {
    state.settings.heartbeat_seconds = 1 + number(60);
    state.settings.weights.cpu = number(101);
  }
  void note(State& state) {
    state.note(number(), static_cast<ActivityLevel>(below(3)), text(), text(), text());
  }
  // Beyond the limit, so that the oldest are forgotten.
  void fill_activity(State& state) {
    const std::size_t lines = kActivityLinesMax + below(50);
    for (std::size_t at = 0; at < lines; ++at) note(state);
  }

  Random random_;
};

}  // namespace a67::test
