// How each provider says no to what is not the caller's mistake: its plan, a missing card, a
// region, what is used up, a token that has ended. Words, status and shape are the provider's own
// as far as they are known; `source` says from where.
#pragma once

#include <string_view>

#include "engine/base/json.h"

namespace a67::fakes {

// {"<provider>": {"<what>": {
//    "operation", "method", "path", "body"   the request that meets it
//    "status", "answer"                      what it gets: an object is sent as JSON, a text as it
//    is "words"                                 of it, that must reach a person "code" what it
//    means to a caller "source"                                or, for what cannot occur, just:
//    "never"                                 why not}}}
// `what`: expired, project, plan, card, region, quota.
const Json& known_refusals();

}  // namespace a67::fakes
