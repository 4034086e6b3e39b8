// A Koyeb service: its definition, and what it and its deployments say. Pure.
#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/base/result.h"

namespace a67::koyeb {

// "<service>.<app>": questions are about the one, addresses and removal about the other.
struct Ids {
  std::string service;
  std::string app;
};
Ids ids_of(const Json& input);  // of its member `service`
std::string id_of(const Ids& ids);

// From service.create's input. kInvalidInput: a source Koyeb does not take.
Result<Json> new_definition(const Json& input);
// Puts another source into a definition. `command`: for images, run by a shell.
Result<void> put_source(Json& definition, const Json& source, const std::string& command);
void set_variable(Json& definition, const std::string& key, const std::string& value);
void remove_variable(Json& definition, const std::string& key);

Json read_deployment(const Json& deployment);
// `app` and `deployment` may be null: then address and deployment state are left out.
Json read_service(const Json& service, const Json& app, const Json& deployment);
bool is_gone(const Json& service);

}  // namespace a67::koyeb
