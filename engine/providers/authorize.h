// The one place where a credential meets a request. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/ports/http.h"
#include "engine/providers/api_request.h"
#include "engine/providers/credential.h"

namespace a67 {

// Puts the credential on `http`, as `request.auth` says. `settings` gives what is not secret
// (`region`). kInvalidInput when a field the scheme needs is missing.
Result<void> authorize(HttpRequest& http, const ApiRequest& request, const Credential& credential,
                       const Json& settings, UnixMs now);

// RFC 4648, section 4, with padding.
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace a67
