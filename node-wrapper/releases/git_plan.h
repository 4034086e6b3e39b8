// Decides how git fetches a release and what a failure of it means. Pure: it makes command lines
// and reads output.
//
// Rules: only the protocols of the list, no prompt, no hooks, no submodules, no more history than
// needed. A branch or tag is cloned; what looks like a commit, or is not found as a branch, is
// fetched by its name, and at last (short commit ids) the whole history is.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace a67 {

using Arguments = std::vector<std::string>;

struct GitPlan {
  // Ways to get it, in order: the first whose commands all succeed is enough. The target folder
  // must be absent or empty before each.
  std::vector<std::vector<Arguments>> ways;
  std::vector<std::pair<std::string, std::string>> environment;
};

// `allow_file` also allows file:// and paths, for repositories on the node itself.
// kGitFailed for an address of another kind.
Result<GitPlan> plan_git(const std::string& url, const std::string& ref, const std::string& target,
                         bool allow_file);
// Prints the commit that was fetched.
Arguments git_commit_command(const std::string& target);

// The error for a person: git's last lines without passwords, and a hint drawn from them.
Error explain_git_failure(const std::string& url, const std::string& ref,
                          std::vector<std::string> lines);
// `https://user:password@host/` becomes `https://***@host/`, wherever it stands in the text.
std::string without_credentials(std::string_view text);

}  // namespace a67
