// A request to a provider's API, before it has a credential or a way to go: a value that an
// adapter's pure functions make, and its answer, which they read.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "engine/ports/http.h"
#include "engine/providers/json_template.h"

namespace a67 {

// How the credential is put on a request. The fields meant are those of the provider's credential.
enum class Auth : std::uint8_t {
  kNone,
  kBearer,    // Authorization: Bearer <token>
  kBasic,     // Authorization: Basic <key>:<secret> (RFC 7617)
  kHeader,    // a header of its own: `auth_header`, holding field `auth_field`
  kApiKey,    // Authorization: Bearer and the header `apikey`, both holding `auth_field`: Supabase
  kAwsSigV4,  // fields key and secret; region and service in the account's settings
};

enum class Repeat : std::uint8_t {
  kByMethod,  // GET, HEAD, PUT, DELETE and OPTIONS may be sent again (RFC 9110, 9.2.2)
  kSafe,      // may be sent again whatever its method: a query by POST
  kNever,
};

// What a successful answer's body is. What is none of it is refused as kInternal: a hotel's login
// page must not be taken for an empty list.
enum class Answer : std::uint8_t {
  kJson,   // JSON, or nothing at all
  kText,   // anything; the adapter reads it
  kBytes,  // no text
};

struct ApiRequest {
  std::string method = "GET";
  std::string host = "api";  // a key of Provider::hosts, or an origin ("https://x.supabase.co")
  std::string path;          // from '/', percent-encoded: fill_path()
  std::vector<std::pair<std::string, std::string>> query;  // as they are; empty values are left out
  Headers headers;
  Json body;                 // sent as JSON unless null
  std::string bytes;         // else this, when `content_type` is set
  std::string blob;          // else what the host keeps under this name (ports/http.h),
  BlobPart blob_part;        // or a piece of it
  bool bare = false;         // `body` without a Content-Type: some preflights allow none
  std::string content_type;  // of `bytes` and `blob`; for `body` only when not application/json
  Auth auth = Auth::kBearer;
  std::string auth_header;           // for kHeader
  std::string auth_field = "token";  // for kBearer, kHeader and kApiKey
  Repeat repeat = Repeat::kByMethod;
  std::string_view bucket = "call";  // which of the policy card's rate limits it counts against
  std::vector<int> expected;         // statuses beyond 2xx that are answers and no errors
  Answer answer = Answer::kJson;
  std::size_t bytes_max = std::size_t{4} << 20;  // of the answer
  Duration timeout{30'000};
};

struct ApiAnswer {
  int status = 0;
  Headers headers;  // names in lower case
  std::string text;
  Json json;  // null when the answer is none

  // Empty when there is none.
  [[nodiscard]] std::string header(std::string_view name) const {
    const auto found =
        std::ranges::find_if(headers, [&](const auto& one) { return one.first == name; });
    return found == headers.end() ? std::string() : found->second;
  }
};

}  // namespace a67
