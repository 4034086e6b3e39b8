// Decides how a release on this node is built and started: looks at its files, asks engine/deploy's
// detection (the same code the controller planned with), and lets what the controller ordered win.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

struct Recipe {
  std::string runtime;
  std::string build;        // shell command; empty = nothing to build
  std::string start;        // shell command; empty = serve `static_root` as a static site
  std::string static_root;  // relative to the app's folder
  std::string folder;       // where the app is below the unpacked folder; empty = right there
  std::string why;
};

inline constexpr std::size_t kReleaseFilesMax = 100'000;

// `folder` holds the unpacked release. kUnknownRuntime when nothing tells how to run it; blocks on
// the disk.
Result<Recipe> find_recipe(const std::string& folder, const ReplicaSpec& spec);

// Settings that every build gets: shared package caches below `cache`, and of this process's own
// settings those that say how to reach the network (proxies, certificates, package indexes), never
// anything else.
std::vector<std::string> build_environment(const std::string& cache);

// `how` is describe(ProcessEnd), e.g. "ended with exit code 1". The caller adds the last lines.
Error explain_build_failure(const std::string& command, const std::string& how, bool timed_out,
                            std::int64_t build_seconds);

}  // namespace a67
