// Reads a provider's answer the way every adapter needs it read: what a refusal says, how long to
// wait, whether the same request may be sent again. Pure.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/time.h"
#include "engine/providers/api_request.h"
#include "engine/providers/credential.h"
#include "engine/providers/provider.h"

namespace a67 {

ApiAnswer read_answer(HttpResponse response);

// The error of an answer whose status is none that was expected: the provider's own words, short,
// printable and without any of the credential's values, and what to do next.
Error refusal_of(const Provider& provider, const ApiRequest& request, const ApiAnswer& answer,
                 const Credential& credential);

// The error of an answer that was longer than the request allows: what changes something may have
// been carried out before whatever it was that said so much.
Error too_large(const Provider& provider, const ApiRequest& request);

// The signature is right and its time is not: S3's RequestTimeTooSkewed, which comes before
// anything is done (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
bool refuses_the_time(const ApiAnswer& answer);
// How far our clock is behind the provider's (negative: ahead), from the answer's ServerTime or
// Date.
std::optional<Duration> clock_behind(const ApiAnswer& answer, UnixMs now);
Error clock_error(const Provider& provider, std::optional<Duration> behind);

// Carrying out the same request again may help and can do no harm.
bool may_repeat(const ApiRequest& request, const Error& error);
bool is_safe_to_repeat(const ApiRequest& request);

// How long the provider asks us to wait, from Retry-After (seconds or a date, RFC 9110, 10.2.3) or
// its reset headers when nothing is left. Nothing when it says none.
std::optional<Duration> asked_to_wait(const ApiAnswer& answer, UnixMs now);

}  // namespace a67
