// Reads a .env file: lines NAME=value, as `docker`, `dotenv` and shells understand them.
//
//   # comment          NAME=value # comment          export NAME=value
//   NAME="with \n and \" escapes, over several lines"
//   NAME='as it is'
//
// Nothing is expanded ($OTHER stays as it is): what a value becomes must not depend on whose
// machine reads it. The last of two lines for one name wins, as everywhere. Errors name the line
// and never quote a value: values are secrets.
#pragma once

#include <string_view>

#include "engine/base/result.h"
#include "engine/fleet/node_protocol.h"

namespace a67 {

inline constexpr std::size_t kDotenvBytesMax = std::size_t{256} << 10;

// `file` names the text in errors: `field` is "<file>:<line>".
Result<Environment> parse_dotenv(std::string_view text, std::string_view file = ".env");

}  // namespace a67
