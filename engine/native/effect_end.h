// How every effect tells what became of it.
#pragma once

#include <functional>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::native {

// A part on the way, any number of times; then the end, once. Neither after cancel().
using OnChunk = std::function<void(Json)>;
using OnEnd = std::function<void(Result<Json>)>;

}  // namespace a67::native
