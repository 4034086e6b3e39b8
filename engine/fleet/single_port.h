// A node with one port, as clouds give it: requests for the apps, and the control API below a path
// of its own (RFC 8615), which no app has.
#pragma once

#include <string_view>

namespace a67 {

inline constexpr std::string_view kControlPrefix = "/.well-known/automator67";

}  // namespace a67
