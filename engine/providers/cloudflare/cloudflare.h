// What the parts of this adapter share: Workers and R2 are two services behind one API.
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

Task<Result<Json>> list_buckets(Api* api, Json input);
Task<Result<Json>> create_bucket(Api* api, Json input);
Task<Result<Json>> remove_bucket(Api* api, Json input);
Task<Result<Json>> put_object(Api* api, Json input);
Task<Result<Json>> get_object(Api* api, Json input);
Task<Result<Json>> list_objects(Api* api, Json input);
Task<Result<Json>> remove_object(Api* api, Json input);

}  // namespace a67::cloudflare
