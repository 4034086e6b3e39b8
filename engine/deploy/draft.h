// A draft is a request to deploy, made complete: the request wins over the manifest, the manifest
// over what was detected, and what nobody said gets its default. Nothing is decided about nodes
// yet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/state/state.h"

namespace a67 {

struct Draft {
  std::string name;
  ReleaseRecord release;  // without id, number and time
  std::int64_t replicas = 1;

  // For the plan, in a person's words.
  std::string runtime;
  std::string runtime_why;
  std::string build;
  std::string start;
  std::vector<std::string> warnings;
};

// `request` is a checked DeployRequest. Errors: kInvalidInput with the field or the manifest's
// line, kUnknownRuntime, kNotFound for a release that is gone, kConflict for a taken name or a
// rollout under way.
Result<Draft> draft_release(const Json& request, const State& state);

}  // namespace a67
