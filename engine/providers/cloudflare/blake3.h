// BLAKE3 (github.com/BLAKE3-team/BLAKE3-specs), its plain hash of 256 bits: Cloudflare Pages knows
// files by it. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace a67::cloudflare {

std::array<std::uint8_t, 32> blake3(std::string_view bytes);

}  // namespace a67::cloudflare
