// Which headers the gateway knows by name.
#pragma once

#include <string_view>

#include "node-wrapper/gateway/http_head.h"

namespace a67::gateway {

// kOther for names without a meaning to us. With `shadows`, names that become a known one when `_`
// is read as
// `-` are kShadow.
Known classify_header(std::string_view name, bool shadows);

}  // namespace a67::gateway
