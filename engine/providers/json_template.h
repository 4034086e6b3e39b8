// Requests as their documentation shows them: a JSON text with holes.
//
// A text that is exactly `$name` stands for the value of that name and is left out, with its key,
// where there is none. So an adapter's request reads like the provider's own example, and costs the
// page a string instead of code.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/json.h"

namespace a67 {

// A null value counts as none.
using TemplateValues = std::initializer_list<std::pair<std::string_view, Json>>;

// REQUIRES: `text` is well-formed JSON, every `$name` in it is one of `values` (assert: a fault of
// the adapter). Objects and arrays that are empty after their holes were left out stay, unless the
// template has them behind `?`: {"limits?": {"cpu": "$cpu"}}.
Json fill(std::string_view text, TemplateValues values);

// "/v1/apps/{app}/machines": each {name} percent-encoded as one path segment (RFC 3986, 3.3).
// REQUIRES: every name is given and is a text or a whole number.
std::string fill_path(std::string_view path, TemplateValues values);

// Unreserved characters stay (RFC 3986, 2.3); all others become %XX. `keep_slash`: '/' stays too.
std::string percent_encode(std::string_view text, bool keep_slash = false);

// ---- answers: lenient reads by JSON pointer (RFC 6901), for parsers of a provider's documents

// Null when it is not there.
const Json& at_pointer(const Json& document, std::string_view pointer);
// A text; a number is written out; else the fallback.
std::string text_at(const Json& document, std::string_view pointer, std::string fallback = {});
std::int64_t int_at(const Json& document, std::string_view pointer, std::int64_t fallback = 0);
double number_at(const Json& document, std::string_view pointer, double fallback = 0);
bool bool_at(const Json& document, std::string_view pointer, bool fallback = false);
// The list there, or a shared empty one.
const Json& list_at(const Json& document, std::string_view pointer);

// Puts what is not null and not an empty text.
void put_if(Json& object, std::string_view key, Json value);

// "2026-11-26T10:00:00.123Z", with an offset or without a fraction, as Unix ms (RFC 3339); 0 when
// it is none.
std::int64_t unix_ms_from(std::string_view rfc3339);
// "2026-11-26T10:00:00.123Z".
std::string rfc3339_from(std::int64_t unix_ms);

}  // namespace a67
