// How Railway is asked: one address, GraphQL, and refusals that come with 200 and `errors`.
#pragma once

#include <string>
#include <string_view>

#include "engine/providers/api.h"

namespace a67::railway {

enum class Asks : std::uint8_t {
  kOnce,       // makes something: sent again only by who looks first
  kRepeatably  // a query, or a mutation that sets what may be set twice
};

// The answer's `data`. Errors: those of Api::call(), and what `errors` says, by its words: Railway
// documents no codes. "Not Authorized" stands for a bad token and for what is not there alike.
// Where the server says only that it failed, a kOnce is kOutcomeUnknown.
Task<Result<Json>> ask(Api* api, std::string query, Json variables, Asks asks = Asks::kRepeatably);

// Pure: the error in an answer's `errors`; for tests and ask().
Error error_of(const std::string& message, Asks asks);

}  // namespace a67::railway
