// The link that `scripts/up` prints: http://localhost:3000/#claim=<base64url of [{url, code},
// ...]>. Pure.
#pragma once

#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::cli {

inline constexpr std::string_view kClaimMark = "#claim=";

// The bodies of one node.claim each. Error: kInvalidInput; the link itself is not repeated, it
// holds codes.
Result<Json> read_claim_link(std::string_view link);

}  // namespace a67::cli
