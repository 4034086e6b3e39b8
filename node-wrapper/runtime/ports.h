// Picks the loopback port an app gets as PORT.
//
// From 20000..31999, below the range from which systems take ports for outgoing connections: a port
// from that range could be taken by any client between our choice and the app's start.
#pragma once

#include <cstdint>
#include <functional>
#include <set>

#include "engine/base/random.h"
#include "engine/base/result.h"

namespace a67 {

inline constexpr std::uint16_t kPortFirst = 20'000;
inline constexpr std::uint16_t kPortCount = 12'000;

using IsPortFree = std::function<bool(std::uint16_t)>;
// True when 127.0.0.1 and all addresses can be bound with it now.
bool is_port_free(std::uint16_t port);

// The port it had before if that is still free, else a random one that is neither taken nor
// reserved for another replica.
Result<std::uint16_t> choose_port(std::uint16_t before, const std::set<std::uint16_t>& reserved,
                                  Random& random, const IsPortFree& is_free = is_port_free);

}  // namespace a67
