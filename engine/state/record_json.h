// The records of the state as JSON: what a snapshot of version 1 and the fields of the change log's
// entities are made of. Writers write every member. Readers are lenient: the caller knows that
// these are our own bytes, and an unknown word gets a harmless meaning.
//
// What write_release gives holds secrets (its `spec.env`).
#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/state/records.h"
#include "engine/state/state.h"

namespace a67 {

Json write_node(const NodeRecord& node);
Json write_release(const ReleaseRecord& release);
// Whether it is draining, not since when: an instant means nothing to another start of the engine.
Json write_assignment(const Assignment& assignment);
Json write_deployment(const DeploymentRecord& deployment);
// Without its releases, assignments and deployments.
Json write_app(const AppRecord& app);
Json write_activity(const ActivityLine& line);
Json write_settings(const Settings& settings);
std::string write_mesh_key(const MeshKey& key);  // base64url

NodeRecord read_node(const Json& value);
ReleaseRecord read_release(const Json& value);
Assignment read_assignment(const Json& value);
DeploymentRecord read_deployment(const Json& value);
AppRecord read_app(const Json& value);
ActivityLine read_activity(const Json& value);
Settings read_settings(const Json& value);
MeshKey read_mesh_key(std::string_view text);  // zeros when it is none

}  // namespace a67
