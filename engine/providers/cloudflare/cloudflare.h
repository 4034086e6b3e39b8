// What the parts of this adapter share: Workers, Pages and R2 are services behind one API.
#pragma once

#include <string>
#include <string_view>

#include "engine/providers/api.h"

namespace a67::cloudflare {

// Below "/client/v4/accounts/<the account's id>".
ApiRequest account_request(const Api& api, std::string method, std::string_view path);

Task<Result<Json>> list_functions(Api* api, Json input);
Task<Result<Json>> create_function(Api* api, Json input);
Task<Result<Json>> get_function(Api* api, Json input);
Task<Result<Json>> remove_function(Api* api, Json input);

Task<Result<Json>> list_sites(Api* api, Json input);
Task<Result<Json>> create_site(Api* api, Json input);
Task<Result<Json>> deploy_site(Api* api, Json input);
Task<Result<Json>> site_deployment(Api* api, Json input);
Task<Result<Json>> remove_site(Api* api, Json input);
Task<Result<Json>> add_site_domain(Api* api, Json input);

Task<Result<Json>> list_buckets(Api* api, Json input);
Task<Result<Json>> create_bucket(Api* api, Json input);
Task<Result<Json>> remove_bucket(Api* api, Json input);
Task<Result<Json>> put_object(Api* api, Json input);
Task<Result<Json>> get_object(Api* api, Json input);
Task<Result<Json>> list_objects(Api* api, Json input);
Task<Result<Json>> remove_object(Api* api, Json input);

}  // namespace a67::cloudflare
