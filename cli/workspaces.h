// The workspaces of a data folder: which one is meant, and another one. Each is a vault of its own
// in the same state.db, so one program at a time works with one of them.
#pragma once

#include <string>

#include "cli/session.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/native/data_dir.h"

namespace a67::cli {

inline constexpr std::size_t kWorkspaceNameCharsMax = 60;

// Those of the folder, as vault.workspaces tells them. Errors: the session's.
Result<Json> workspaces_of(const native::DataDir& dir);

// The folder for the workspace of this name or id. Errors: kNotFound, kConflict (several are called
// so); the session's.
Result<native::DataDir> choose_workspace(const native::DataDir& dir, const std::string& wanted);

// The folder for one that is yet to be made. Errors: kInvalidInput, kConflict (one is called so, or
// a watch runs); the session's.
Result<native::DataDir> new_workspace(const native::DataDir& dir, const std::string& name);

// The engine of a running watch works with the workspace that is meant. Error: kConflict.
Result<void> check_workspace(Session& session, const native::DataDir& dir);

}  // namespace a67::cli
