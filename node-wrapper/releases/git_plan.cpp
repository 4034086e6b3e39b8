#include "node-wrapper/releases/git_plan.h"

#include <algorithm>
#include <array>

namespace a67 {
namespace {

bool looks_like_commit(std::string_view ref) {
  constexpr std::size_t kShortest = 7;
  constexpr std::size_t kLongest = 64;
  return ref.size() >= kShortest && ref.size() <= kLongest && std::ranges::all_of(ref, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

bool is_full_commit(std::string_view ref) { return looks_like_commit(ref) && ref.size() >= 40; }

// `user@host:path`, the short form of an ssh address.
bool is_ssh_short_form(std::string_view url) {
  const std::size_t colon = url.find(':');
  return colon != std::string_view::npos && url.find('@') < colon && url.find('/') > colon &&
         url.front() != '-';
}

bool is_allowed(std::string_view url, bool allow_file) {
  constexpr std::array<std::string_view, 4> kSchemes = {"https://", "http://", "git://", "ssh://"};
  for (const std::string_view scheme : kSchemes) {
    if (url.starts_with(scheme)) return true;
  }
  if (allow_file && (url.starts_with("file://") || url.starts_with("/"))) return true;
  return url.find("://") == std::string_view::npos && is_ssh_short_form(url);
}

Arguments git(std::initializer_list<std::string> arguments) {
  Arguments command = {
      "git",       "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
      "gc.auto=0", "-c", "advice.detachedHead=false"};
  command.insert(command.end(), arguments);
  return command;
}

std::vector<Arguments> fetch_way(const std::string& url, const std::string& ref,
                                 const std::string& target) {
  return {git({"init", "--quiet", "--", target}),
          git({"-C", target, "fetch", "--quiet", "--depth", "1", "--no-tags", "--", url, ref}),
          git({"-C", target, "checkout", "--quiet", "--detach", "FETCH_HEAD"})};
}

std::vector<Arguments> whole_history_way(const std::string& url, const std::string& ref,
                                         const std::string& target) {
  return {git({"clone", "--quiet", "--no-checkout", "--no-recurse-submodules", "--", url, target}),
          git({"-C", target, "checkout", "--quiet", "--detach", ref, "--"})};
}

std::vector<Arguments> clone_way(const std::string& url, const std::string& ref,
                                 const std::string& target) {
  Arguments clone = git({"clone", "--quiet", "--depth", "1", "--single-branch", "--no-tags",
                         "--no-recurse-submodules"});
  if (!ref.empty()) {
    clone.emplace_back("--branch");
    clone.push_back(ref);
  }
  for (const std::string& word : {std::string("--"), url, target}) clone.push_back(word);
  return {clone};
}

bool any_line_has(const std::vector<std::string>& lines, std::string_view words) {
  return std::ranges::any_of(
      lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

std::string hint_for(const std::vector<std::string>& lines, const std::string& ref) {
  if (any_line_has(lines, "could not read Username") || any_line_has(lines, "Authentication") ||
      any_line_has(lines, "Permission denied") || any_line_has(lines, "not found") ||
      any_line_has(lines, "does not exist") || any_line_has(lines, "does not appear to be")) {
    if (any_line_has(lines, "Remote branch")) {
      return "There is no branch, tag or commit \"" + ref + "\": check its spelling.";
    }
    return "Check the address. A private repository needs an address this node may read.";
  }
  if (any_line_has(lines, "couldn't find remote ref") || any_line_has(lines, "pathspec") ||
      any_line_has(lines, "unadvertised object")) {
    return "There is no branch, tag or commit \"" + ref + "\": check its spelling.";
  }
  if (any_line_has(lines, "Could not resolve host") || any_line_has(lines, "Failed to connect") ||
      any_line_has(lines, "timed out")) {
    return "The node could not reach the repository's host: check the address and the node's "
           "network.";
  }
  return "Check the address and the branch, then deploy again.";
}

}  // namespace

Result<GitPlan> plan_git(const std::string& url, const std::string& ref, const std::string& target,
                         bool allow_file) {
  if (url.empty() || !is_allowed(url, allow_file) || ref.starts_with("-")) {
    return fail(ErrorCode::kGitFailed,
                "The node does not fetch from \"" + without_credentials(url) + "\".",
                "Use an https://, http://, ssh:// or git:// address.");
  }
  GitPlan plan;
  if (!is_full_commit(ref)) plan.ways.push_back(clone_way(url, ref, target));
  if (!ref.empty()) plan.ways.push_back(fetch_way(url, ref, target));
  if (looks_like_commit(ref)) plan.ways.push_back(whole_history_way(url, ref, target));
  plan.environment = {
      {"GIT_TERMINAL_PROMPT", "0"},
      {"GIT_ASKPASS", "/bin/false"},
      {"GIT_CONFIG_GLOBAL", "/dev/null"},
      {"GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new"},
      {"GIT_ALLOW_PROTOCOL", allow_file ? "https:http:git:ssh:file" : "https:http:git:ssh"},
      {"LC_ALL", "C.UTF-8"}};
  return plan;
}

Arguments git_commit_command(const std::string& target) {
  return git({"-C", target, "rev-parse", "HEAD"});
}

Error explain_git_failure(const std::string& url, const std::string& ref,
                          std::vector<std::string> lines) {
  for (std::string& line : lines) line = without_credentials(line);
  std::string message = "git could not fetch " + without_credentials(url);
  if (!ref.empty()) message += " (" + ref + ")";
  Error error{.code = ErrorCode::kGitFailed,
              .message = message + ".",
              .hint = hint_for(lines, ref),
              .field = {},
              .lines = {}};
  error.lines = std::move(lines);
  return error;
}

std::string without_credentials(std::string_view text) {
  std::string clean;
  for (;;) {  // each turn takes at least the "://"
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) break;
    const std::size_t start = scheme + 3;
    clean += text.substr(0, start);
    text.remove_prefix(start);
    const std::size_t end = text.find_first_of("/ \t\"'");
    const std::size_t at = text.substr(0, end).rfind('@');
    if (at != std::string_view::npos) {
      clean += "***";
      text.remove_prefix(at);
    }
  }
  return clean += text;
}

}  // namespace a67
