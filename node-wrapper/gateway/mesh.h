// The mesh between gateways: how one proves to another that a request comes from it and not from a
// client, and what peers tell each other. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace a67::gateway {

using MeshKey = std::array<std::uint8_t, 32>;

struct NodeLoad {
  double cpu_percent = 0;
  double memory_percent = 0;
};

// The A67-Mesh value: keyed BLAKE2b-256 over "<replica>\n<request id>\n<method> <target>",
// base64url.
std::string derive_mesh_mac(const MeshKey& key, std::string_view replica,
                            std::string_view request_id, std::string_view method,
                            std::string_view target);
bool is_mesh_mac(const MeshKey& key, std::string_view mac, std::string_view replica,
                 std::string_view request_id, std::string_view method, std::string_view target);

// `12.5 40.1`, percent. Nothing when malformed or out of range.
std::optional<NodeLoad> parse_node_load(std::string_view text);
std::string format_node_load(const NodeLoad& load);

// 1..128 characters that are safe in logs and headers.
bool is_request_id(std::string_view text);

// A67-Reason: why a peer did not answer for its replica.
inline constexpr std::string_view kReasonReplicaGone = "replica-gone";  // nothing was done
inline constexpr std::string_view kReasonNotReached = "not-reached";    // nothing was done
inline constexpr std::string_view kReasonNoAnswer = "no-answer";  // may or may not have been done
inline constexpr std::string_view kReasonTimeout = "timeout";     // may or may not have been done

}  // namespace a67::gateway
