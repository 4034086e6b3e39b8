// Reading automator67.yaml: one reader per kind of field, and the table of fields.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "engine/balance/policy.h"
#include "engine/base/names.h"
#include "engine/deploy/manifest.h"
#include "engine/deploy/yaml_reader.h"

namespace a67 {
namespace {

constexpr std::size_t kQuotedMax = 40;
constexpr std::array<std::string_view, 6> kRuntimes = {"auto",     "node",   "python",
                                                       "procfile", "static", "binary"};

std::string joined(std::span<const std::string_view> words) {
  std::string text;
  for (const std::string_view word : words) {
    if (!text.empty()) text += ", ";
    text += word;
  }
  return text;
}

// A text as it may stand in a message: short, and without control characters.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text.substr(0, kQuotedMax)) {
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  // Do not cut a character of several bytes in two.
  if (text.size() > kQuotedMax) {
    while ((static_cast<unsigned char>(result.back()) & 0xC0) == 0x80) result.pop_back();
    if (static_cast<unsigned char>(result.back()) >= 0xC0) result.pop_back();
    result += "...";
  }
  return result + "'";
}

bool looks_like_number(std::string_view text) {
  const auto is_part = [](char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+';
  };
  return !text.empty() && std::ranges::all_of(text, is_part);
}

// What a value is, after "but is".
std::string description(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a group of keys";
    case YamlNode::Kind::kScalar:
      break;
  }
  const bool plain =
      !node.quoted && (looks_like_number(node.text) || node.text == "true" || node.text == "false");
  return plain ? node.text.substr(0, kQuotedMax) : "the text " + in_quotes(node.text);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return negative ? -number : number;
}

class Parser {
 public:
  explicit Parser(std::string_view file) : file_(file) {}

  Result<Manifest> parse(const YamlNode& root) {
    Manifest manifest;
    if (root.is_null()) return manifest;
    if (root.kind != YamlNode::Kind::kMap) {
      return wrong(
          "The file must consist of lines such as 'replicas: 3', but is " + description(root) + ".",
          root.line);
    }
    for (std::size_t i = 0; i < root.keys.size(); ++i) {
      if (auto read = read_field(manifest, root.keys[i], root.key_lines[i], root.items[i]); !read) {
        return std::unexpected(read.error());
      }
    }
    return manifest;
  }

 private:
  using Done = Result<void>;

  struct TextField {
    std::string_view key;
    std::optional<std::string> Manifest::* member;
    std::size_t bytes_max;
    Fault (*check)(std::string_view);
  };
  struct ChoiceField {
    std::string_view key;
    std::optional<std::string> Manifest::* member;
    std::span<const std::string_view> choices;
  };
  template <class Owner>
  struct NumberField {
    std::string_view key;
    std::optional<std::int64_t> Owner::* member;
    std::int64_t min = 0;
    std::int64_t max = 0;
  };

  static constexpr std::array<TextField, 4> kTexts = {{
      {"name", &Manifest::name, kAppNameMax, app_name_fault},
      {"build", &Manifest::build, kCommandLengthMax, nullptr},
      {"start", &Manifest::start, kCommandLengthMax, nullptr},
      {"static", &Manifest::static_root, 512, relative_path_fault},
  }};
  static constexpr std::array<ChoiceField, 2> kChoices = {{
      {"runtime", &Manifest::runtime, kRuntimes},
      {"policy", &Manifest::policy, balance::kPolicyNames},
  }};
  static constexpr std::array<NumberField<Manifest>, 5> kNumbers = {{
      {"replicas", &Manifest::replicas, 1, 100},
      {"memoryMb", &Manifest::memory_mb, 0, 1'048'576},
      {"cpuPercent", &Manifest::cpu_percent, 0, 6'400},
      {"stopSeconds", &Manifest::stop_seconds, 0, 300},
      {"buildSeconds", &Manifest::build_seconds, 1, 3'600},
  }};
  static constexpr std::array<NumberField<ManifestHealth>, 3> kHealthNumbers = {{
      {"intervalSeconds", &ManifestHealth::interval_seconds, 1, 300},
      {"timeoutSeconds", &ManifestHealth::timeout_seconds, 1, 60},
      {"startSeconds", &ManifestHealth::start_seconds, 1, 900},
  }};
  static constexpr std::array<std::string_view, 14> kKeys = {
      "name",   "runtime",  "build",      "start",       "static",       "replicas", "env",
      "health", "memoryMb", "cpuPercent", "stopSeconds", "buildSeconds", "hosts",    "policy"};
  static constexpr std::array<std::string_view, 4> kHealthKeys = {"path", "intervalSeconds",
                                                                  "timeoutSeconds", "startSeconds"};

  [[nodiscard]] std::unexpected<Error> wrong(std::string message, std::size_t line,
                                             std::string hint = {}) const {
    return fail(ErrorCode::kInvalidInput, std::move(message), std::move(hint),
                place_in(file_, line));
  }

  [[nodiscard]] std::unexpected<Error> unknown(std::string_view key, std::size_t line,
                                               std::string_view where,
                                               std::span<const std::string_view> keys) const {
    std::string message = "There is no key " + in_quotes(key) + std::string(where) + ".";
    if (const auto meant = nearest(key, keys))
      message += " Did you mean '" + std::string(*meant) + "'?";
    return wrong(std::move(message), line, "The keys are: " + joined(keys) + ".");
  }

  Done read_field(Manifest& manifest, const std::string& key, std::size_t line,
                  const YamlNode& node) {
    // An empty value is the same as no line at all; but an unknown key is a mistake even then.
    if (node.is_null() && std::ranges::find(kKeys, key) != kKeys.end()) return {};
    for (const TextField& field : kTexts) {
      if (field.key == key)
        return read_text(manifest.*field.member, key, node, field.bytes_max, field.check);
    }
    for (const ChoiceField& field : kChoices) {
      if (field.key == key) return read_choice(manifest.*field.member, key, node, field.choices);
    }
    for (const auto& field : kNumbers) {
      if (field.key == key)
        return read_number(manifest.*field.member, key, node, field.min, field.max);
    }
    if (key == "env") return read_env(manifest.env, node);
    if (key == "health") return read_health(manifest.health, node);
    if (key == "hosts") return read_hosts(manifest.hosts, node);
    return unknown(key, line, "", kKeys);
  }

  Done read_text(std::optional<std::string>& member, const std::string& key, const YamlNode& node,
                 std::size_t bytes_max, Fault (*check)(std::string_view)) {
    if (node.kind != YamlNode::Kind::kScalar) {
      return wrong(key + " must be a text, but is " + description(node) + ".", node.line);
    }
    if (node.text.size() > bytes_max) {
      return wrong(key + " must have at most " + std::to_string(bytes_max) + " bytes, but has " +
                       std::to_string(node.text.size()) + ".",
                   node.line);
    }
    if (node.text.contains('\0')) return wrong(key + " must not contain a zero byte.", node.line);
    if (check != nullptr) {
      if (const Fault fault = check(node.text)) {
        return wrong(key + " " + *fault + ", but is " + in_quotes(node.text) + ".", node.line);
      }
    }
    member = node.text;
    return {};
  }

  Done read_choice(std::optional<std::string>& member, const std::string& key, const YamlNode& node,
                   std::span<const std::string_view> choices) {
    if (node.kind != YamlNode::Kind::kScalar ||
        std::ranges::find(choices, node.text) == choices.end()) {
      std::string message =
          key + " must be one of " + joined(choices) + ", but is " + description(node) + ".";
      if (const auto meant = nearest(node.text, choices)) {
        message += " Did you mean '" + std::string(*meant) + "'?";
      }
      return wrong(std::move(message), node.line);
    }
    member = node.text;
    return {};
  }

  Done read_number(std::optional<std::int64_t>& member, const std::string& key,
                   const YamlNode& node, std::int64_t min, std::int64_t max) {
    const auto number = node.kind == YamlNode::Kind::kScalar && !node.quoted
                            ? whole_number(node.text)
                            : std::nullopt;
    if (!number || *number < min || *number > max) {
      return wrong(key + " must be a whole number from " + std::to_string(min) + " to " +
                       std::to_string(max) + ", but is " + description(node) + ".",
                   node.line);
    }
    member = number;
    return {};
  }

  Done read_env(Environment& env, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) {
      // A scalar or a list here often holds NAME=value, so it is not quoted.
      return wrong("env must be a group of lines 'NAME: value'.", node.line);
    }
    if (node.keys.size() > kEnvCountMax) {
      return wrong("env must have at most " + std::to_string(kEnvCountMax) + " names, but has " +
                       std::to_string(node.keys.size()) + ".",
                   node.line);
    }
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      const YamlNode& value = node.items[i];
      if (const Fault fault = env_name_fault(node.keys[i])) {
        return wrong("The name " + in_quotes(node.keys[i]) + " in env " + *fault + ".",
                     node.key_lines[i]);
      }
      const std::string key = "env." + node.keys[i];
      if (value.kind != YamlNode::Kind::kScalar) {
        return wrong(key + " must be a text, but is " + description(value) + ".", value.line);
      }
      if (value.text.size() > kEnvValueBytesMax) {
        return wrong(key + " must have at most " + std::to_string(kEnvValueBytesMax) +
                         " bytes, but has " + std::to_string(value.text.size()) + ".",
                     value.line);
      }
      if (value.text.contains('\0'))
        return wrong(key + " must not contain a zero byte.", value.line);
      env.emplace(node.keys[i], value.is_null() ? std::string() : value.text);
    }
    return {};
  }

  Done read_health(ManifestHealth& health, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap) {
      return wrong("health must be a group of keys, for example 'path: /healthz', but is " +
                       description(node) + ".",
                   node.line);
    }
    for (std::size_t i = 0; i < node.keys.size(); ++i) {
      if (auto read = read_health_field(health, node.keys[i], node.key_lines[i], node.items[i]);
          !read)
        return read;
    }
    return {};
  }

  Done read_health_field(ManifestHealth& health, const std::string& key, std::size_t line,
                         const YamlNode& node) {
    if (node.is_null() && std::ranges::find(kHealthKeys, key) != kHealthKeys.end()) return {};
    if (key == "path") return read_text(health.path, "health.path", node, 512, path_fault);
    for (const auto& field : kHealthNumbers) {
      if (field.key == key)
        return read_number(health.*field.member, "health." + key, node, field.min, field.max);
    }
    return unknown(key, line, " in health", kHealthKeys);
  }

  Done read_hosts(std::optional<std::vector<std::string>>& hosts, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kList) {
      return wrong("hosts must be a list, one '- host' a line, but is " + description(node) + ".",
                   node.line);
    }
    if (node.items.size() > kHostsPerAppMax) {
      return wrong("hosts must have at most " + std::to_string(kHostsPerAppMax) +
                       " entries, but has " + std::to_string(node.items.size()) + ".",
                   node.line);
    }
    hosts.emplace();
    for (const YamlNode& item : node.items) {
      std::optional<std::string> host;
      if (auto read = read_text(host, "hosts", item, kHostMax, host_fault); !read) return read;
      hosts->push_back(std::move(*host));
    }
    return {};
  }

  std::string file_;
};

}  // namespace

Result<Manifest> parse_manifest(std::string_view text, std::string_view file) {
  auto root = read_yaml(text, file);
  if (!root) return std::unexpected(root.error());
  return Parser(file).parse(*root);
}

}  // namespace a67
