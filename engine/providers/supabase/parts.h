// What Supabase's two files share: which project, its host, the key of its data interfaces.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "engine/providers/api.h"

namespace a67::supabase {

inline constexpr std::string_view kDataBucket = "data";

// A request to the management API.
ApiRequest manage(std::string method, std::string path, Json body = {});
// "/v1/projects/{ref}" and what follows.
std::string project_path(const std::string& ref, std::string_view rest = {});
// kInvalidInput when the account has chosen none.
Result<std::string> chosen_project(Api* api);
// One statement by the management API: the answer's JSON is a list of rows.
Task<Result<ApiAnswer>> run_sql(Api* api, std::string ref, std::string sql, Json params = {});
// One request to the host of a project, the chosen one when none is named. Storage answers 400 and
// says the true status in the body.
Task<Result<ApiAnswer>> ask(Api* api, ApiRequest request, std::string project = {});

// Of resumable uploads: all but the last must have exactly this size
// (supabase.com/docs/guides/storage/uploads/resumable-uploads). Larger blobs go that way.
inline constexpr std::uint64_t kUploadChunkBytes = std::uint64_t{6} << 20;
// A large blob of known size by TUS. REQUIRES: blob_size(input) > 0.
Task<Result<Json>> put_resumably(Api* api, Json input);

Task<Result<Json>> put_document(Api* api, Json input);
Task<Result<Json>> get_document(Api* api, Json input);
Task<Result<Json>> query_documents(Api* api, Json input);
Task<Result<Json>> remove_document(Api* api, Json input);
Task<Result<Json>> list_buckets(Api* api, Json input);
Task<Result<Json>> create_bucket(Api* api, Json input);
Task<Result<Json>> remove_bucket(Api* api, Json input);
Task<Result<Json>> put_object(Api* api, Json input);
Task<Result<Json>> get_object(Api* api, Json input);
Task<Result<Json>> list_objects(Api* api, Json input);
Task<Result<Json>> remove_object(Api* api, Json input);

}  // namespace a67::supabase
