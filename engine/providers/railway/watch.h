// What a service says and uses, and what the account used: operations of kProvider.
#pragma once

#include "engine/providers/api.h"

namespace a67::railway {

Task<Result<Json>> logs(Api* api, Json input);
Task<Result<Json>> metrics(Api* api, Json input);
Task<Result<Json>> usage(Api* api, Json input);

}  // namespace a67::railway
