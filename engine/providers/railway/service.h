// A service of Railway: its id, the settings it is given, and what it says of itself. Pure.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::railway {

// "<service>.<environment>.<project>": what most questions need, in one id.
struct Ids {
  std::string service;
  std::string environment;
  std::string project;
};
Ids ids_of(const Json& input);  // of its member `service`
std::string id_of(const Ids& ids);
// The variables $s and $e.
Json at_instance(const Ids& ids);

// What is asked of a service instance; read_service() reads it.
inline constexpr std::string_view kInstanceFields =
    "serviceId serviceName createdAt region numReplicas domains{serviceDomains{domain} "
    "customDomains{id domain}} latestDeployment{id status deploymentStopped createdAt}";

// ServiceInstanceUpdateInput from service.create's or service.deploy's input. kInvalidInput: a
// source that is neither an image nor a repository at GitHub.
Result<Json> settings_of(const Json& input);
Json read_service(const Json& instance, Ids ids);
Json read_deployment(const Json& deployment);

}  // namespace a67::railway
