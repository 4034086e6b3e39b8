// A Fly Machine: the configuration it is made with, and what it says of itself. Pure.
#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::fly {

// The configuration of a new service's machines, from service.create's input. kInvalidInput: a size
// or a source that Fly does not have.
Result<Json> new_config(const Json& input);
// Puts what runs into a configuration: an image, or files and the stock image that runs them.
Result<void> put_source(Json& config, const Json& source, const std::string& command);

// operations.json's word; empty for one that is being destroyed.
std::string machine_state(const std::string& state);
// An app is as well as the best of its machines; without one it is incomplete.
Json read_service(const std::string& app, const Json& machines);
std::string deployment_id(const Json& machine);  // "<machine>.<version>"
Json read_deployment(const Json& machine);

}  // namespace a67::fly
