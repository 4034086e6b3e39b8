// read_yaml turns a small YAML text from outside into a tree that knows its lines.
//
// Only what a configuration file needs: maps with text keys, lists and scalars, one document.
// Anchors, aliases and tags are refused: a file of a few lines could otherwise grow into gigabytes
// ("billion laughs"), and nothing we read needs them. Duplicate keys are refused, because only one
// of them would count.
//
// Errors: `kTooLarge`, or `kInvalidInput` with the field "<file>:<line>". Never quotes a value: it
// may be a secret.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace a67 {

inline constexpr std::size_t kYamlBytesMax = std::size_t{64} << 10;
inline constexpr std::size_t kYamlDepthMax = 8;
inline constexpr std::size_t kYamlNodesMax = 4096;

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  std::size_t line = 1;
  std::string text = {};                    // kScalar
  bool quoted = false;                      // kScalar: certainly a text
  std::vector<YamlNode> items = {};         // kList and kMap: the values
  std::vector<std::string> keys = {};       // kMap: the key of each item ...
  std::vector<std::size_t> key_lines = {};  // ... and its line

  // Nothing was written, or null.
  [[nodiscard]] bool is_null() const;
};

// `file` names the text in errors. An empty text is a scalar that is_null().
Result<YamlNode> read_yaml(std::string_view text, std::string_view file);

std::string place_in(std::string_view file, std::size_t line);  // "automator67.yaml:7"

}  // namespace a67
