// What kind of file a name tells of, for those who serve files to browsers.
#pragma once

#include <string_view>

namespace a67 {

// By the ending, in any case: "a/Index.HTML" is "text/html; charset=utf-8";
// "application/octet-stream" when nothing is known. Sources: the IANA registry of media types, RFC
// 9239 for JavaScript.
std::string_view media_type_of(std::string_view name);

}  // namespace a67
