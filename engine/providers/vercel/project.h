// What Vercel's services and sites have in common: both are projects. One with a link to a Git
// repository is a service, one without is a site.
#pragma once

#include <string>
#include <string_view>

#include "engine/providers/api.h"

namespace a67::vercel {

inline constexpr std::string_view kDeployBucket = "deploy";

// ---- requests; all name the account's team

ApiRequest get(const Api& api, std::string path);
ApiRequest write(const Api& api, std::string method, std::string path, Json body = {});
std::string project_path(std::string_view version, std::string_view id, std::string_view rest = {});

// ---- answers

bool is_linked(const Json& project);
std::string deployment_state(const std::string& ready_state);
Json read_deployment(const Json& deployment);
// Where people find it; empty before it was deployed.
std::string url_of(const Json& project);

// ---- operations

Task<Result<Json>> project_named(Api* api, std::string id_or_name);
Task<Result<Json>> projects(Api* api);
// {"deployment": ...} of what `body` describes.
Task<Result<Json>> post_deployment(Api* api, Json body);
Task<Result<Json>> deployment(Api* api, Json input);
Task<Result<Json>> add_domain_to(Api* api, std::string project, std::string domain);
Task<Result<Json>> act(Api* api, ApiRequest request);

Task<Result<Json>> list_sites(Api* api, Json input);
Task<Result<Json>> create_site(Api* api, Json input);
Task<Result<Json>> deploy_site(Api* api, Json input);
Task<Result<Json>> remove_site(Api* api, Json input);
Task<Result<Json>> add_site_domain(Api* api, Json input);

Task<Result<Json>> list_services(Api* api, Json input);
Task<Result<Json>> create_service(Api* api, Json input);
Task<Result<Json>> get_service(Api* api, Json input);
Task<Result<Json>> set_env(Api* api, Json input);
Task<Result<Json>> deploy_service(Api* api, Json input);
Task<Result<Json>> suspend(Api* api, Json input);
Task<Result<Json>> resume(Api* api, Json input);
Task<Result<Json>> remove_service(Api* api, Json input);
Task<Result<Json>> logs(Api* api, Json input);
Task<Result<Json>> add_service_domain(Api* api, Json input);
Task<Result<Json>> remove_service_domain(Api* api, Json input);

}  // namespace a67::vercel
