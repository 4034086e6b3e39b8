// What a service used, from Cloud Monitoring: another API of the same project.
#pragma once

#include "engine/providers/api.h"

namespace a67::cloudrun {

Task<Result<Json>> metrics(Api* api, Json input);

}  // namespace a67::cloudrun
