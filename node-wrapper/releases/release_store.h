// ReleaseStore knows where a node keeps archives and release trees, and what of it may go.
//
//   archives/<sha256>.tar.gz|.zip   as received
//   incoming/                       uploads under way; emptied when the store opens
//   trees/<key>/app/                one release, unpacked and built, shared by its replicas; not to
//   be written to trees/<key>/home/               HOME of its build trees/<key>/built.json
//   BuiltRelease; there once everything succeeded, so its presence means "use it" cache/ package
//   caches shared by all builds
//
// A tree's key names everything its build depends on, so a changed build command or environment
// gets a new tree.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"
#include "node-wrapper/releases/upload.h"

namespace a67 {

// How to run a release that is ready to run.
struct BuiltRelease {
  std::string app;
  std::string release;
  std::string runtime;      // node, python, procfile, static, binary
  std::string start;        // shell command; empty for a static site
  std::string static_root;  // for a static site: folder below the app's, may be empty
  std::string folder;       // where the app is, below the tree's `app/`; empty = right there
  std::string why;          // what detection saw, one sentence
  std::string archive;      // SHA-256; empty for git
  std::string commit;       // for git
  std::int64_t bytes = 0;
  UnixMs built_at = 0;
  bool operator==(const BuiltRelease&) const = default;
};
Json to_json(const BuiltRelease& built);
Result<BuiltRelease> built_release_from_json(const Json& value);

// What collect() looks at for each tree.
struct TreeFacts {
  std::string key;
  std::string app;
  std::string archive;
  UnixMs built_at = 0;
};
inline constexpr std::size_t kTreesKeptPerApp = 2;  // besides those that are wanted
// The keys of the trees that may go: not wanted, and not among their app's newest.
std::set<std::string> choose_garbage(std::vector<TreeFacts> trees,
                                     const std::set<std::string>& wanted);

class ReleaseStore {
 public:
  struct Options {
    std::uint64_t archive_bytes_max = std::uint64_t{2} << 30;
    std::uint64_t free_bytes_min = std::uint64_t{256} << 20;
    // An archive nobody names is kept this long: it is often uploaded before it is named.
    std::int64_t archive_idle_ms = 3'600'000;
    FreeSpace free_space = a67::free_space;
  };
  // Creates the folders.
  static Result<ReleaseStore> open(std::string folder, Options options);

  // kInvalidInput for a name that is no SHA-256. `announced_bytes` refuses early what is too large
  // or cannot fit.
  Result<Upload> begin_upload(const std::string& sha256, ArchiveFormat format,
                              std::optional<std::uint64_t> announced_bytes = {});
  [[nodiscard]] std::string archive_path(const std::string& sha256, ArchiveFormat format) const;
  [[nodiscard]] bool has_archive(const std::string& sha256, ArchiveFormat format) const;

  [[nodiscard]] static std::string tree_key(const DesiredReplica& replica);
  [[nodiscard]] std::string tree_folder(const std::string& key) const;
  [[nodiscard]] std::string app_folder(const std::string& key) const;
  [[nodiscard]] std::string cache_folder() const { return folder_ + "/cache"; }
  // What an earlier run of the wrapper, or another replica, has built.
  [[nodiscard]] std::optional<BuiltRelease> find_built(const std::string& key) const;
  // An empty tree folder, whatever was there before (a build that was cut off).
  Result<void> begin_tree(const std::string& key) const;
  Result<void> finish_tree(const std::string& key, const BuiltRelease& built) const;
  void drop_tree(const std::string& key) const;

  // Removes what is not wanted (see choose_garbage) and archives no tree needs. Blocks: for a
  // worker thread.
  void collect(const std::set<std::string>& wanted_keys,
               const std::set<std::string>& wanted_archives, UnixMs now) const;
  [[nodiscard]] const Options& options() const { return options_; }

 private:
  ReleaseStore(std::string folder, Options options)
      : folder_(std::move(folder)), options_(std::move(options)) {}

  std::string folder_;
  Options options_;
  std::uint64_t uploads_ = 0;
};

}  // namespace a67
