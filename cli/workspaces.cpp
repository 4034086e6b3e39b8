#include "cli/workspaces.h"

#include <utility>
#include <vector>

#include "cli/text.h"
#include "engine/native/entropy.h"

namespace a67::cli {
namespace {

// As the page's (worker/src/workspace.ts): only has to differ from the others here.
constexpr std::size_t kNewIdChars = 8;
constexpr const char* kList = "automator67 vault workspaces lists them.";

Result<Json> ask_for_workspaces(Session& session) {
  const auto answer = session.run("vault.workspaces", Json::object(), [](const Json&) {}, [] {});
  if (!answer) return std::unexpected(answer.error());
  return array_at(*answer, "workspaces");
}

std::vector<std::string> ids_of(const Json& workspaces, std::string_view field,
                                std::string_view value) {
  std::vector<std::string> ids;
  for (const Json& one : workspaces) {
    if (string_or(one, field) == value) ids.push_back(string_or(one, "id"));
  }
  return ids;
}

}  // namespace

Result<Json> workspaces_of(const native::DataDir& dir) {
  const auto session = Session::open(dir);
  if (!session) return std::unexpected(session.error());
  return ask_for_workspaces(**session);
}

Result<native::DataDir> choose_workspace(const native::DataDir& dir, const std::string& wanted) {
  if (wanted == dir.workspace) return dir;
  const auto all = workspaces_of(dir);
  if (!all) return std::unexpected(all.error());
  auto meant = ids_of(*all, "id", wanted);
  if (meant.empty()) meant = ids_of(*all, "name", wanted);
  if (meant.empty()) {
    return fail(ErrorCode::kNotFound,
                "There is no workspace \"" + wanted + "\" in " + dir.path + ".",
                std::string(kList) + " automator67 vault create makes another one.", "workspace");
  }
  if (meant.size() > 1) {
    return fail(ErrorCode::kConflict, "Several workspaces are called \"" + wanted + "\".",
                "Give the id of the one that is meant. " + std::string(kList), "workspace");
  }
  return native::open_data_dir(dir.path, meant.front());
}

Result<native::DataDir> new_workspace(const native::DataDir& dir, const std::string& name) {
  if (name.empty() || columns_of(name) > kWorkspaceNameCharsMax) {
    return fail(
        ErrorCode::kInvalidInput,
        "A workspace's name has 1 to " + std::to_string(kWorkspaceNameCharsMax) + " characters.",
        "Give it another one.", "name");
  }
  const auto session = Session::open(dir);
  if (!session) return std::unexpected(session.error());
  if (!(*session)->owns_engine()) {
    return fail(ErrorCode::kConflict, "A running automator67 watch holds the data folder.",
                "Stop it, do this, and start it again.");
  }
  const auto all = ask_for_workspaces(**session);
  if (!all) return std::unexpected(all.error());
  if (!ids_of(*all, "name", name).empty() || !ids_of(*all, "id", name).empty()) {
    return fail(ErrorCode::kConflict, "There is a workspace \"" + name + "\" already.",
                "Work with it by --workspace, or give the new one another name.", "name");
  }
  return native::open_data_dir(dir.path, native::make_seed().substr(0, kNewIdChars));
}

Result<void> check_workspace(Session& session, const native::DataDir& dir) {
  if (session.owns_engine()) return {};
  const auto all = ask_for_workspaces(session);
  if (!all) return std::unexpected(all.error());
  for (const Json& one : *all) {
    if (!bool_or(one, "current") || string_or(one, "id") == dir.workspace) continue;
    return fail(ErrorCode::kConflict,
                "The running automator67 watch works with the workspace \"" +
                    string_or(one, "name") + "\".",
                "Stop it, or work with that one: --workspace " + string_or(one, "id") + ".",
                "workspace");
  }
  return {};
}

}  // namespace a67::cli
