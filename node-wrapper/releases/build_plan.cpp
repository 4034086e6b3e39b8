#include "node-wrapper/releases/build_plan.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

#include "engine/base/encoding.h"
#include "engine/deploy/detect.h"
#include "engine/deploy/release_files.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

namespace {

constexpr std::string_view kElfMagic =
    "\x7f"
    "ELF";
// A program counts only at the top, or at the top of the folder that wraps everything.
constexpr int kProgramDepthMax = 1;

// The file's text, if it is a plain file of a sensible size. Links are not followed: git may bring
// any.
std::optional<std::string> read_plain(const std::string& path, std::size_t bytes_max) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat facts{};
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return {};
  if (static_cast<std::uint64_t>(facts.st_size) > bytes_max) return {};
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count < 0) return {};
  text.resize(static_cast<std::size_t>(count));
  return text;
}

bool is_program(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  std::array<char, 4> start{};
  return file.is_open() && ::read(file.get(), start.data(), start.size()) == 4 &&
         std::string_view(start.data(), start.size()) == kElfMagic;
}

bool is_release_text(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view name =
      std::string_view(path).substr(slash == std::string::npos ? 0 : slash + 1);
  return std::ranges::count(path, '/') <= 1 &&
         std::ranges::find(kReleaseTextNames, name) != kReleaseTextNames.end();
}

ReleaseFiles read_release(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<ReleaseFile> files;
  std::map<std::string, std::string> texts;
  std::error_code error;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, error);
  while (!error && at != fs::recursive_directory_iterator() && files.size() < kReleaseFilesMax) {
    const std::string path = at->path().string();
    struct stat facts{};
    if (::lstat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
      ReleaseFile file{.path = path.substr(folder.size() + 1),
                       .bytes = facts.st_size,
                       .executable = (facts.st_mode & 0111) != 0};
      file.elf = file.executable && at.depth() <= kProgramDepthMax && is_program(path);
      if (is_release_text(file.path)) {
        std::optional<std::string> text = read_plain(path, kReleaseTextBytesMax);
        if (text && is_utf8(*text)) texts[file.path] = std::move(*text);
      }
      files.push_back(std::move(file));
    }
    at.increment(error);
  }
  return {std::move(files), std::move(texts)};
}

}  // namespace

Result<Recipe> find_recipe(const std::string& folder, const ReplicaSpec& spec) {
  const ReleaseFiles files = read_release(folder);
  const Result<Manifest> manifest = manifest_of(files);
  if (!manifest) return std::unexpected(manifest.error());
  RunChoice choice = choice_of(spec);
  // A command of one's own replaces the manifest's way to run, not only its command.
  const RunChoice own = choice_of(*manifest);
  const bool ordered = !choice.start.empty() || !choice.static_root.empty();
  if (choice.runtime.empty() || choice.runtime == "auto")
    choice.runtime = ordered ? "" : own.runtime;
  if (choice.build.empty()) choice.build = own.build;
  if (!ordered) {
    choice.start = own.start;
    choice.static_root = own.static_root;
  }
  Result<Detection> found = detect(files, choice);
  if (!found) return std::unexpected(found.error());
  Recipe recipe{.runtime = std::move(found->runtime),
                .build = std::move(found->build),
                .start = std::move(found->start),
                .static_root = std::move(found->static_root),
                .folder = std::move(found->folder),
                .why = std::move(found->why)};
  if (recipe.static_root == ".") recipe.static_root.clear();
  return recipe;
}

std::vector<std::string> build_environment(const std::string& cache) {
  std::vector<std::string> settings = {"npm_config_cache=" + cache + "/npm",
                                       "npm_config_update_notifier=false",
                                       "npm_config_fund=false",
                                       "npm_config_audit=false",
                                       "PIP_CACHE_DIR=" + cache + "/pip",
                                       "PIP_DISABLE_PIP_VERSION_CHECK=1",
                                       "PIP_NO_INPUT=1"};
  constexpr std::array kPassed = {
      "HTTP_PROXY",          "HTTPS_PROXY",        "NO_PROXY",
      "http_proxy",          "https_proxy",        "no_proxy",
      "SSL_CERT_FILE",       "SSL_CERT_DIR",       "GIT_SSL_CAINFO",
      "NODE_EXTRA_CA_CERTS", "PIP_CERT",           "PIP_INDEX_URL",
      "PIP_FIND_LINKS",      "REQUESTS_CA_BUNDLE", "npm_config_registry",
      "NPM_CONFIG_REGISTRY"};
  for (const char* name : kPassed) {
    const char* value = std::getenv(name);
    if (value != nullptr) settings.push_back(std::string(name) + "=" + value);
  }
  return settings;
}

Error explain_build_failure(const std::string& command, const std::string& how, bool timed_out,
                            std::int64_t build_seconds) {
  if (timed_out) {
    return {.code = ErrorCode::kBuildFailed,
            .message = "The build took longer than " + std::to_string(build_seconds) +
                       " s and was stopped: " + command,
            .hint = "Raise buildSeconds, or build before you deploy."};
  }
  return {.code = ErrorCode::kBuildFailed,
          .message = "The build " + how + ": " + command,
          .hint = "Its last lines say why. Mend it, try it on your machine, then deploy again."};
}

}  // namespace a67
