// automator67.yaml from outside. What is accepted must keep the contract's limits and mean the same
// once it is written as JSON (which is YAML, too) and read again; what is refused must say where.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/encoding.h"
#include "engine/base/names.h"
#include "engine/deploy/detect.h"
#include "engine/deploy/manifest.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto manifest = a67::parse_manifest(text);
  if (!manifest) {
    const a67::Error& error = manifest.error();
    require(error.field.starts_with("automator67.yaml") && !error.message.empty());
    require(a67::is_utf8(error.message) && error.message.size() < 1'000);
    return 0;
  }
  require(!manifest->name || !a67::app_name_fault(*manifest->name));
  require(!manifest->static_root || !a67::relative_path_fault(*manifest->static_root));
  require(!manifest->replicas || (*manifest->replicas >= 1 && *manifest->replicas <= 100));
  require(manifest->env.size() <= a67::kEnvCountMax);
  const std::string json = a67::dump_json(a67::to_json(*manifest));
  // JSON is YAML only as far as plain ASCII goes (YAML folds U+0085, and refuses surrogates), and
  // its escapes take room.
  const auto is_plain = [](char c) { return c >= ' ' && c < '\x7f'; };
  if (json.size() > std::size_t{64} << 10 || !std::ranges::all_of(json, is_plain)) return 0;
  const auto again = a67::parse_manifest(json);
  require(again.has_value() && *again == *manifest);
  require(a67::overlay(*manifest, *manifest) == *manifest);
  // Whatever it asks for, detection answers or refuses.
  const a67::ReleaseFiles files({{.path = "index.html"}}, {});
  const auto detection = a67::detect(files, a67::choice_of(*manifest));
  require(!detection || !detection->runtime.empty());
  return 0;
}
