// What header fields of requests for files say (RFC 9110). Pure; for those who serve files.
#pragma once

#include <string_view>

namespace a67 {

// True when an Accept-Encoding names `encoding` and does not refuse it: "gzip, br;q=0" accepts gzip
// and not br.
bool accepts_encoding(std::string_view header, std::string_view encoding);
// True when an If-None-Match names `etag`, weakly or not, or is "*".
bool has_etag(std::string_view header, std::string_view etag);

}  // namespace a67
