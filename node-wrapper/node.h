// Node is the whole wrapper put together: data folder, control API and runtime on one thread,
// gateway on another.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "node-wrapper/options.h"

namespace a67 {

// Runs until SIGTERM, SIGINT or SIGHUP, then lets requests finish, ends every replica gracefully
// and returns. A second signal ends it at once. `ready` gets the line that says where the node
// listens. An error means that it could not start.
//
// Replicas survive only a wrapper that is killed: the next one takes them over.
// `claim_code`: see NodeRecordFile::open(); empty when none was given.
Result<void> run_node(const NodeOptions& options, const Sensitive<std::string>& claim_code,
                      const Ready& ready);

std::string_view node_version();

}  // namespace a67
