// refusals.json, built in.
#pragma once

#include <string_view>

namespace a67::fakes {

extern const std::string_view kRefusalsText;

}  // namespace a67::fakes
