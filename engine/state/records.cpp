#include "engine/state/records.h"

#include <algorithm>
#include <array>
#include <utility>

namespace a67 {
namespace {

template <class Enum, std::size_t N>
using Names = std::array<std::pair<Enum, std::string_view>, N>;

constexpr Names<DeploymentKind, 5> kKinds = {{{DeploymentKind::kDeploy, "deploy"},
                                              {DeploymentKind::kScale, "scale"},
                                              {DeploymentKind::kRestart, "restart"},
                                              {DeploymentKind::kRollback, "rollback"},
                                              {DeploymentKind::kStart, "start"}}};
constexpr Names<DeploymentState, 7> kStates = {{{DeploymentState::kUploading, "uploading"},
                                                {DeploymentState::kBuilding, "building"},
                                                {DeploymentState::kStarting, "starting"},
                                                {DeploymentState::kDone, "done"},
                                                {DeploymentState::kRolledBack, "rolled-back"},
                                                {DeploymentState::kFailed, "failed"},
                                                {DeploymentState::kCancelled, "cancelled"}}};
constexpr Names<ActivityLevel, 3> kLevels = {{{ActivityLevel::kInfo, "info"},
                                              {ActivityLevel::kWarning, "warning"},
                                              {ActivityLevel::kError, "error"}}};

template <class Enum, std::size_t N>
std::string_view name_of(const Names<Enum, N>& names, Enum value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return {};
}

template <class Enum, std::size_t N>
std::optional<Enum> value_of(const Names<Enum, N>& names, std::string_view text) {
  for (const auto& [value, name] : names) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace

const ReleaseRecord* AppRecord::find_release(const ReleaseId& id) const {
  const auto found = std::ranges::find(releases, id, &ReleaseRecord::id);
  return found == releases.end() ? nullptr : &*found;
}

const DeploymentRecord* AppRecord::newest_deployment() const {
  return deployments.empty() ? nullptr : &deployments.back();
}

DeploymentRecord* AppRecord::rollout() {
  return deployments.empty() || !deployments.back().running() ? nullptr : &deployments.back();
}

const DeploymentRecord* AppRecord::rollout() const {
  return deployments.empty() || !deployments.back().running() ? nullptr : &deployments.back();
}

std::string_view to_string(DeploymentKind kind) { return name_of(kKinds, kind); }
std::string_view to_string(DeploymentState state) { return name_of(kStates, state); }
std::string_view to_string(ActivityLevel level) { return name_of(kLevels, level); }
std::optional<DeploymentKind> deployment_kind_from(std::string_view name) {
  return value_of(kKinds, name);
}
std::optional<DeploymentState> deployment_state_from(std::string_view name) {
  return value_of(kStates, name);
}
std::optional<ActivityLevel> activity_level_from(std::string_view name) {
  return value_of(kLevels, name);
}

}  // namespace a67
