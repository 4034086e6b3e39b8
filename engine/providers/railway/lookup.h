// Where our services are at Railway: one project, one environment, and the instances in it.
#pragma once

#include <string_view>

#include "engine/providers/api.h"
#include "engine/providers/railway/service.h"

namespace a67::railway {

inline constexpr std::string_view kProject = "automator67";
inline constexpr std::string_view kEnvironment = "production";

// Project and environment of ours as {"project", "environment"}; null when there is none.
Task<Result<Json>> find_project(Api* api);
// Every service instance of such a place.
Task<Result<Json>> instances_of(Api* api, Json place);
// One instance's document.
Task<Result<Json>> instance(Api* api, Ids ids);
// `error` as it is, or kNotFound: "Not Authorized" is also said of what is gone, and what is not
// listed is not there.
Task<Result<Json>> or_gone(Api* api, Ids ids, Error error);

}  // namespace a67::railway
