#include "node-wrapper/releases/release_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <memory>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr std::size_t kBuiltBytesMax = 65'536;

}  // namespace

Json to_json(const BuiltRelease& built) {
  return Json{{"app", built.app},     {"release", built.release},        {"runtime", built.runtime},
              {"start", built.start}, {"staticRoot", built.static_root}, {"folder", built.folder},
              {"why", built.why},     {"archive", built.archive},        {"commit", built.commit},
              {"bytes", built.bytes}, {"builtAt", built.built_at}};
}

Result<BuiltRelease> built_release_from_json(const Json& value) {
  BuiltRelease built;
  Result<std::string> app = require_string(value, "app", "built");
  if (!app) return std::unexpected(app.error());
  Result<std::string> runtime = require_string(value, "runtime", "built");
  if (!runtime) return std::unexpected(runtime.error());
  built.app = std::move(*app);
  built.runtime = std::move(*runtime);
  built.release = string_or(value, "release");
  built.start = string_or(value, "start");
  built.static_root = string_or(value, "staticRoot");
  built.folder = string_or(value, "folder");
  built.why = string_or(value, "why");
  built.archive = string_or(value, "archive");
  built.commit = string_or(value, "commit");
  built.bytes = int_or(value, "bytes");
  built.built_at = int_or(value, "builtAt");
  return built;
}

std::set<std::string> choose_garbage(std::vector<TreeFacts> trees,
                                     const std::set<std::string>& wanted) {
  std::ranges::sort(trees, [](const TreeFacts& a, const TreeFacts& b) {
    return a.built_at != b.built_at ? a.built_at > b.built_at : a.key < b.key;
  });
  std::map<std::string, std::size_t> kept;
  std::set<std::string> garbage;
  for (const TreeFacts& tree : trees) {
    if (wanted.contains(tree.key)) continue;
    const bool unfinished = tree.built_at == 0;
    if (unfinished || kept[tree.app]++ >= kTreesKeptPerApp) garbage.insert(tree.key);
  }
  return garbage;
}

Result<ReleaseStore> ReleaseStore::open(std::string folder, Options options) {
  remove_tree(folder + "/incoming");
  for (const char* part : {"/archives", "/incoming", "/trees", "/cache"}) {
    if (Result<void> made = make_folders(folder + part); !made) {
      return std::unexpected(made.error());
    }
  }
  return ReleaseStore(std::move(folder), std::move(options));
}

Result<Upload> ReleaseStore::begin_upload(const std::string& sha256, ArchiveFormat format,
                                          std::optional<std::uint64_t> announced_bytes) {
  if (!is_valid_sha256(sha256)) {
    return fail(ErrorCode::kInvalidInput, "The archive's name must be its SHA-256 in hex.");
  }
  const std::uint64_t announced = announced_bytes.value_or(0);
  if (announced > options_.archive_bytes_max) {
    return fail(ErrorCode::kTooLarge,
                "The archive is larger than " + std::to_string(options_.archive_bytes_max >> 20) +
                    " MiB, the most a node takes.",
                "Leave build results, media and dependencies out of the archive.");
  }
  const std::uint64_t space = options_.free_space(folder_);
  if (space < options_.free_bytes_min || space - options_.free_bytes_min < announced) {
    return fail(ErrorCode::kDiskFull, "The node's disk is too full to take the archive.",
                "Free some space on the node's disk, then try again.");
  }
  return Upload::begin({.sha256 = sha256,
                        .temporary = folder_ + "/incoming/" + std::to_string(++uploads_),
                        .path = archive_path(sha256, format),
                        .bytes_max = options_.archive_bytes_max,
                        .free_bytes_min = options_.free_bytes_min,
                        .free_space = options_.free_space});
}

std::string ReleaseStore::archive_path(const std::string& sha256, ArchiveFormat format) const {
  return folder_ + "/archives/" + sha256 + "." + std::string(to_string(format));
}

bool ReleaseStore::has_archive(const std::string& sha256, ArchiveFormat format) const {
  struct stat facts{};
  return ::stat(archive_path(sha256, format).c_str(), &facts) == 0;
}

std::string ReleaseStore::tree_key(const DesiredReplica& replica) {
  // Every part with its length before it, so that no two different lists give the same text.
  std::string text;
  const auto add = [&text](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  add(replica.source.sha256);
  add(replica.source.url);
  add(replica.source.ref);
  add(replica.spec.runtime);
  add(replica.spec.build);
  add(replica.spec.start);
  add(replica.spec.static_root);
  for (const auto& [name, value] : replica.spec.env) {
    add(name);
    add(value.expose());
  }
  constexpr std::size_t kHashDigits = 16;
  return replica.release.value + "." + hex_encode(a67::sha256(text)).substr(0, kHashDigits);
}

std::string ReleaseStore::tree_folder(const std::string& key) const {
  return folder_ + "/trees/" + key;
}

std::string ReleaseStore::app_folder(const std::string& key) const {
  return tree_folder(key) + "/app";
}

std::optional<BuiltRelease> ReleaseStore::find_built(const std::string& key) const {
  const Result<std::string> text = read_file(tree_folder(key) + "/built.json", kBuiltBytesMax);
  if (!text) return std::nullopt;
  const Result<Json> json = parse_json(*text);
  if (!json) return std::nullopt;
  Result<BuiltRelease> built = built_release_from_json(*json);
  if (!built) return std::nullopt;
  return std::move(*built);
}

Result<void> ReleaseStore::begin_tree(const std::string& key) const {
  drop_tree(key);
  if (Result<void> made = make_folders(app_folder(key)); !made) return made;
  return make_folders(tree_folder(key) + "/home");
}

Result<void> ReleaseStore::finish_tree(const std::string& key, const BuiltRelease& built) const {
  return replace_file(tree_folder(key) + "/built.json", dump_json(to_json(built)), true);
}

void ReleaseStore::drop_tree(const std::string& key) const {
  // The marker first: a removal that is cut off must not leave half a tree that looks whole.
  remove_tree(tree_folder(key) + "/built.json");
  remove_tree(tree_folder(key));
}

void ReleaseStore::collect(const std::set<std::string>& wanted_keys,
                           const std::set<std::string>& wanted_archives, UnixMs now) const {
  std::vector<TreeFacts> trees;
  for (const std::string& key : names_in(folder_ + "/trees")) {
    const BuiltRelease built = find_built(key).value_or(BuiltRelease{});
    trees.push_back({key, built.app, built.archive, built.built_at});
  }
  const std::set<std::string> garbage = choose_garbage(trees, wanted_keys);
  std::set<std::string> needed = wanted_archives;
  for (const TreeFacts& tree : trees) {
    if (garbage.contains(tree.key)) {
      drop_tree(tree.key);
    } else {
      needed.insert(tree.archive);
    }
  }
  for (const std::string& name : names_in(folder_ + "/archives")) {
    if (needed.contains(name.substr(0, name.find('.')))) continue;
    const std::string path = folder_ + "/archives/" + name;
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) continue;
    if (now - std::int64_t{facts.st_mtim.tv_sec} * 1000 > options_.archive_idle_ms) {
      remove_tree(path);
    }
  }
}

}  // namespace a67
