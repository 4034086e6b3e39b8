// The whole sync server put together (docs/sync-server.md): a node that runs no apps and routes
// nothing, but serves the page and forwards to providers.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "sync-server/options.h"

namespace a67 {

// Runs until SIGTERM, SIGINT or SIGHUP. `ready` gets the line that says where it listens. An error
// means that it could not start. `claim_code`: see NodeRecordFile::open().
Result<void> run_sync_server(const SyncOptions& options, const Sensitive<std::string>& claim_code,
                             const Ready& ready);

std::string_view sync_version();

}  // namespace a67
