// Manifest: what an app needs, as written in automator67.yaml and in a request; the contract's type
// of that name.
//
// Every field is optional. A field given in the request wins over the manifest's, which wins over
// what detection (detect.h) finds; environments are merged name by name.
//
// Values of `env` are secrets: no error quotes them, and to_json() must not be logged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

inline constexpr std::string_view kManifestFile = "automator67.yaml";
inline constexpr std::string_view kManifestFileShort =
    "automator67.yml";  // read when the other is absent

struct ManifestHealth {
  std::optional<std::string> path;
  std::optional<std::int64_t> interval_seconds;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::int64_t> start_seconds;
  bool operator==(const ManifestHealth&) const = default;
};

struct Manifest {
  std::optional<std::string> name;
  std::optional<std::string> runtime;
  std::optional<std::string> build;
  std::optional<std::string> start;
  std::optional<std::string> static_root;
  std::optional<std::int64_t> replicas;
  Environment env;
  ManifestHealth health;
  std::optional<std::int64_t> memory_mb;
  std::optional<std::int64_t> cpu_percent;
  std::optional<std::int64_t> stop_seconds;
  std::optional<std::int64_t> build_seconds;
  std::optional<std::vector<std::string>> hosts;
  std::optional<std::string> policy;
  bool operator==(const Manifest&) const = default;
};

// Reads automator67.yaml. `kInvalidInput` names the line in `field` ("automator67.yaml:7") and, in
// the message, the key and what is allowed.
Result<Manifest> parse_manifest(std::string_view text, std::string_view file = kManifestFile);

// The fields of a deploy request that a manifest can have, too. REQUIRES: the contract's checks
// passed.
Manifest manifest_from_request(const Json& request);

// `top`'s fields, and `base`'s where `top` has none.
Manifest overlay(Manifest base, const Manifest& top);

// What a node is told; defaults where nothing is given.
ReplicaSpec spec_of(const Manifest& manifest);

Json to_json(const Manifest& manifest);

}  // namespace a67
