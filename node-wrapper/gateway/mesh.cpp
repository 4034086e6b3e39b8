#include "node-wrapper/gateway/mesh.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"

namespace a67::gateway {
namespace {

// One decimal is plenty for a percentage.
std::optional<double> parse_percent(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (error != std::errc{} || end != whole.data() + whole.size() || value > 100)
    return std::nullopt;
  double result = value;
  double digit = 0.1;
  for (const char c : fraction) {
    if (c < '0' || c > '9') return std::nullopt;
    result += digit * (c - '0');
    digit /= 10;
  }
  return std::min(result, 100.0);
}

std::string format_percent(double percent) {
  const double clamped = std::isfinite(percent) ? std::clamp(percent, 0.0, 100.0) : 0.0;
  const auto tenths = static_cast<int>(std::lround(clamped * 10));
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

std::string derive_mesh_mac(const MeshKey& key, std::string_view replica,
                            std::string_view request_id, std::string_view method,
                            std::string_view target) {
  std::string text;
  text.reserve(replica.size() + request_id.size() + method.size() + target.size() + 3);
  text.append(replica).append("\n").append(request_id).append("\n");
  text.append(method).append(" ").append(target);
  return base64url_encode(keyed_hash(key, text));
}

bool is_mesh_mac(const MeshKey& key, std::string_view mac, std::string_view replica,
                 std::string_view request_id, std::string_view method, std::string_view target) {
  const std::string wanted = derive_mesh_mac(key, replica, request_id, method, target);
  return equal_constant_time(as_bytes(wanted), as_bytes(mac));
}

std::optional<NodeLoad> parse_node_load(std::string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto cpu = parse_percent(text.substr(0, blank));
  const auto memory = parse_percent(text.substr(blank + 1));
  if (!cpu || !memory) return std::nullopt;
  return NodeLoad{.cpu_percent = *cpu, .memory_percent = *memory};
}

std::string format_node_load(const NodeLoad& load) {
  return format_percent(load.cpu_percent) + " " + format_percent(load.memory_percent);
}

bool is_request_id(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
           c == '_' || c == '.' || c == ':' || c == '=' || c == '+' || c == '/' || c == '@';
  });
}

}  // namespace a67::gateway
