// The part of the invariants that looks at how commands end: F, and the contract of answers.
//
// What succeeded must be durable when it is answered. A command that came later may have changed
// the same thing again, and one save may have made both durable: a device that was full for two
// seconds saves a removal and the deployment that followed it together, and the removal is answered
// while its app is there again. So what is there then must be what the later command made, and not
// what should be gone.
#include <algorithm>

#include "engine/api/contract.h"
#include "engine/api/views.h"
#include "tests/sim/invariants.h"

namespace a67::sim {
namespace {

// The app a command is about.
std::string app_of(const Json& body) {
  return body.contains("app") ? string_or(body, "app") : string_or(body, "name");
}

}  // namespace

void Invariants::on_command(std::int64_t id, const std::string& name, const Json& body) {
  Command command{.name = name, .body = body, .deployments = {}, .node = {}, .ended_at = {}};
  if (const State* state = checking_ ? durable() : nullptr) {
    for (const AppRecord& app : state->apps) {
      for (const auto& deployment : app.deployments) command.deployments.insert(deployment.id);
    }
    const std::string named = string_or(body, "node");
    const auto node = std::ranges::find_if(state->nodes, [&](const NodeRecord& record) {
      return record.id.value == named || record.name == named;
    });
    if (node != state->nodes.end()) command.node = *node;
  }
  commands_.emplace(id, std::move(command));
}

void Invariants::check_answer_of(const Json& message) {
  const std::string kind = string_or(message, "kind");
  const auto found = commands_.find(int_or(message, "id"));
  if (found == commands_.end() || found->second.ended_at) {
    return violated('F', "a " + kind + " to a command that is not under way.");
  }
  const std::string& name = found->second.name;
  if (checking_) {
    Result<void> valid;
    if (kind == "failed") {
      valid = check_schema(contract()["types"]["ErrorView"], object_at(message, "error"));
    } else {
      valid =
          check_answer(name, kind == "reply" ? "response" : "progress", object_at(message, "body"));
    }
    if (!valid) violated('c', kind + " of " + name + ": " + valid.error().message);
    search_secrets(message, kind + " of " + name);
    if (kind == "reply") check_durable(*found, object_at(message, "body"));
    if (kind == "failed") note_refused(found->second, object_at(message, "error"));
  }
  if (kind != "progress") found->second.ended_at = commands_.rbegin()->first;
}

// Every deployment has an archive of its own.
void Invariants::note_refused(const Command& command, const Json& error) {
  if (command.name != "app.deploy" || error.value("code", "") != "store_failed") return;
  const std::string sha256 = string_or(object_at(command.body, "source"), "sha256");
  // One that was cancelled, which could not be saved, had begun.
  if (!is_deployed(sha256)) refused_.insert(sha256);
}

void Invariants::check_refused() {
  if (!checking_) return;
  for (const std::string& sha256 : refused_) {
    if (is_deployed(sha256)) violated('F', "a deployment that was refused came after all.");
  }
}

bool Invariants::is_deployed(const std::string& sha256) const {
  const State* state = durable();
  return state != nullptr && std::ranges::any_of(state->apps, [&](const AppRecord& app) {
           return std::ranges::any_of(app.releases, [&](const ReleaseRecord& release) {
             return release.source.sha256 == sha256;
           });
         });
}

void Invariants::check_durable(const Commands::value_type& command, const Json& body) {
  const std::string& name = command.second.name;
  const State* state = durable();
  if (state == nullptr) return;
  const AppRecord* app = state->find_app(app_of(command.second.body));
  bool holds = true;
  if (name == "node.claim") {
    holds = state->find_node(NodeId(string_or(object_at(body, "node"), "id"))) != nullptr;
  } else if (name == "node.remove") {
    holds = is_removed(command, *state);
  } else if (name == "app.remove") {
    holds = is_removed(command, app);
  } else if (name == "app.stop") {
    holds = is_stopped(command, app);
  } else if (body.contains("deployment")) {
    const DeploymentId id(string_or(body["deployment"], "id"));
    const auto wanted = name == "app.cancel" ? DeploymentState::kCancelled : DeploymentState::kDone;
    holds = app != nullptr && std::ranges::any_of(app->deployments, [&](const auto& deployment) {
              return deployment.id == id && deployment.state == wanted;
            });
  } else if (name == "settings.set") {
    holds = is_set(command, body["settings"], state->settings);
  }
  if (!holds) violated('F', name + " succeeded, but what it did is not durable.");
}

std::int64_t Invariants::count_later(const Commands::value_type& command,
                                     std::string_view name) const {
  const std::string app = app_of(command.second.body);
  return std::count_if(commands_.upper_bound(command.first), commands_.end(), [&](const auto& one) {
    return one.second.name == name && app_of(one.second.body) == app;
  });
}

// Gone, or another app of this name: made by later deployments only, so it knows none from before
// and has no more releases than they were.
bool Invariants::is_removed(const Commands::value_type& command, const AppRecord* app) const {
  if (app == nullptr) return true;
  const std::int64_t deploys = count_later(command, "app.deploy");
  return deploys > 0 && app->next_release <= 1 + deploys &&
         std::ranges::none_of(app->deployments, [&](const auto& deployment) {
           return command.second.deployments.contains(deployment.id);
         });
}

// Gone, or claimed anew by a command that ended later than this one came.
bool Invariants::is_removed(const Commands::value_type& command, const State& state) const {
  const auto& removed = command.second.node;
  if (!removed) return true;  // not durable when the command came: nothing that could be left
  const NodeRecord* node = state.find_node(removed->id);
  if (node == nullptr) return true;
  return node->claimed_at != removed->claimed_at &&
         std::ranges::any_of(commands_, [&](const auto& other) {
           const auto& [id, claim] = other;
           return claim.name == "node.claim" &&
                  string_or(claim.body, "url").starts_with(node->url) &&
                  (!claim.ended_at || *claim.ended_at >= command.first);
         });
}

// Stopped or removed, or a rollout that came later has started it.
bool Invariants::is_stopped(const Commands::value_type& command, const AppRecord* app) const {
  if (app == nullptr) return count_later(command, "app.remove") > 0;
  if (app->stopped) return true;
  const bool started = count_later(command, "app.start") + count_later(command, "app.deploy") +
                           count_later(command, "app.rollback") >
                       0;
  return started && std::ranges::any_of(app->deployments, [&](const auto& deployment) {
           return !command.second.deployments.contains(deployment.id) &&
                  deployment.kind != DeploymentKind::kScale &&
                  deployment.kind != DeploymentKind::kRestart;
         });
}

// Each field is as it was answered, or as a later command set it.
bool Invariants::is_set(const Commands::value_type& command, const Json& answered,
                        const Settings& settings) const {
  const Json now = settings_view(settings);
  const auto is_kept = [&](const std::string& field) {
    return now[field] == answered[field] ||
           std::any_of(commands_.upper_bound(command.first), commands_.end(), [&](const auto& one) {
             const Json& body = one.second.body;
             return one.second.name == "settings.set" && body.contains(field) &&
                    body[field] == now[field];
           });
  };
  return is_kept("heartbeatSeconds") && is_kept("weights");
}

}  // namespace a67::sim
