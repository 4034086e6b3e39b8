// The snapshot: the whole State as one text, written before anything is acknowledged or ordered.
//
// It holds secrets (environments, the mesh key): save it with Secrecy::kSecret only.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/state/state.h"

namespace a67 {

inline constexpr std::int64_t kSnapshotVersion = 1;
inline constexpr std::size_t kSnapshotBytesMax = std::size_t{64} << 20;

// {"version":1,"sha256":"...","state":"<JSON text>"}: the digest is over the inner text.
std::string write_snapshot(const State& state);

// What was draining drains since Instant{}: set the time of the engine that reads it.
// kStoreFailed when it is damaged or from a newer version; the message says which. Nothing is
// half-read.
Result<State> read_snapshot(std::string_view text);

}  // namespace a67
