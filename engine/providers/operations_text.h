// operations.json, built in.
#pragma once

#include <string_view>

namespace a67 {

extern const std::string_view kOperationsText;

}  // namespace a67
