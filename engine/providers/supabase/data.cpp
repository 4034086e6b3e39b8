// Supabase's data interfaces at the project's own host: documents by PostgREST in one table with a
// jsonb column, objects by Storage.
#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/content.h"
#include "engine/providers/supabase/parts.h"

namespace a67::supabase {
namespace {

constexpr std::string_view kTablePath = "/rest/v1/automator67_documents";
// Row level security without a policy: nobody reads it but the project's secret key.
constexpr std::string_view kTableSql =
    "create table if not exists public.automator67_documents (collection text not null, "
    "id text not null, value jsonb not null, primary key (collection, id)); "
    "alter table public.automator67_documents enable row level security; "
    "grant select, insert, update, delete on public.automator67_documents to service_role; "
    "notify pgrst, 'reload schema';";
constexpr std::int64_t kPageRows = 1000;
constexpr std::int64_t kDocumentsMax = 10'000;
constexpr std::size_t kObjectBytesMax = std::size_t{6} << 20;

// The credential's field that holds the project's key: the person's, or one fetched once a session.
// The person's is for the account's own project and goes to no other.
Task<Result<std::string>> key_field(Api* api, std::string ref) {
  if (api->credential().has("serviceKey") && ref == api->setting("project")) {
    co_return std::string("serviceKey");
  }
  std::string field = "serviceKey." + ref;
  if (api->credential().has(field)) co_return field;
  ApiRequest request = manage("GET", project_path(ref, "/api-keys"));
  request.query = {{"reveal", "true"}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  std::string key;
  for (const Json& one : list_at(answer->json, "")) {
    const bool secret = text_at(one, "/type") == "secret";
    if (secret || (key.empty() && text_at(one, "/name") == "service_role"))
      key = text_at(one, "/api_key", key);
  }
  if (key.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Supabase token is not shown the project's keys.",
                   "Give the account the project's secret key as well.", "serviceKey");
  }
  api->learn(field, Sensitive<std::string>(std::move(key)));
  co_return field;
}

}  // namespace

Task<Result<ApiAnswer>> ask(Api* api, ApiRequest request, std::string project) {
  auto ref = project.empty() ? chosen_project(api) : Result<std::string>(std::move(project));
  if (!ref) co_return std::unexpected(ref.error());
  auto field = co_await key_field(api, *ref);
  if (!field) co_return std::unexpected(field.error());
  request.host = "https://" + *ref + ".supabase.co";
  request.auth = Auth::kApiKey;
  request.auth_field = *field;
  request.bucket = kDataBucket;
  const bool may_be_gone = std::ranges::contains(request.expected, 404);
  request.expected.push_back(400);
  auto answer = co_await api->call(std::move(request));
  if (!answer || answer->status != 400) co_return answer;
  const std::string status = text_at(answer->json, "/statusCode");
  if (status == "404" && may_be_gone) co_return answer;
  co_return fail(status == "404"   ? ErrorCode::kNotFound
                 : status == "409" ? ErrorCode::kConflict
                 : status == "413" ? ErrorCode::kTooLarge
                 : status == "403" ? ErrorCode::kForbidden
                                   : ErrorCode::kInvalidInput,
                 "Supabase answered 400: " + api->credential().redacted(text_at(
                                                 answer->json, "/message", "no reason given")));
}

namespace {

Task<Result<Json>> act(Api* api, ApiRequest request, std::string project = {}) {
  auto answer = co_await ask(api, std::move(request), std::move(project));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

ApiRequest rows(std::string method, const Json& input) {
  ApiRequest request{.method = std::move(method), .path = std::string(kTablePath)};
  request.query = {{"collection", "eq." + string_or(input, "collection")}};
  if (input.contains("id")) request.query.emplace_back("id", "eq." + string_or(input, "id"));
  return request;
}

ApiRequest storage(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .path = "/storage/v1" + std::move(path),
          .body = std::move(body)};
}

std::string object_path(const Json& input, std::string_view kind = "object") {
  return "/" + std::string(kind) + "/" + percent_encode(string_or(input, "bucket")) + "/" +
         percent_encode(string_or(input, "key"), true);
}

}  // namespace

// ---- documents

Task<Result<Json>> put_document(Api* api, Json input) {
  if (input.contains("version")) {
    co_return fail(ErrorCode::kInvalidInput, "Supabase's documents have no versions.",
                   "Write without one, or by a statement of SQL.", "version");
  }
  const std::string project = string_or(input, "database", api->setting("project"));
  ApiRequest request{.method = "POST", .path = std::string(kTablePath)};
  request.query = {{"on_conflict", "collection,id"}};
  request.headers = {{"Prefer", "resolution=merge-duplicates,return=minimal"}};
  request.body = {
      {"collection", input["collection"]}, {"id", input["id"]}, {"value", input["value"]}};
  request.repeat = Repeat::kSafe;
  request.expected = {404};
  auto answer = co_await ask(api, request, project);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 404) co_return Json::object();
  // The table is not there yet.
  auto made = co_await run_sql(api, project, std::string(kTableSql));
  if (!made) co_return std::unexpected(made.error());
  request.expected.clear();
  co_return co_await act(api, std::move(request), project);
}

Task<Result<Json>> get_document(Api* api, Json input) {
  ApiRequest request = rows("GET", input);
  request.query.emplace_back("select", "value");
  auto answer = co_await ask(api, std::move(request), string_or(input, "database"));
  if (!answer) co_return std::unexpected(answer.error());
  if (list_at(answer->json, "").empty()) {
    co_return fail(ErrorCode::kNotFound, "There is no document `" + string_or(input, "id") +
                                             "` in `" + string_or(input, "collection") + "`.");
  }
  co_return Json{{"value", at_pointer(answer->json, "/0/value")}};
}

Task<Result<Json>> query_documents(Api* api, Json input) {
  const std::string field = string_or(input, "field");
  const auto limit = static_cast<std::size_t>(
      std::clamp(int_or(input, "limit", kDocumentsMax), std::int64_t{1}, kDocumentsMax));
  Json documents = Json::array();
  for (std::int64_t offset = 0; documents.size() < limit; offset += kPageRows) {
    ApiRequest request = rows("GET", input);
    // Containment also finds lists and objects that hold more: compared once again below.
    if (!field.empty()) {
      request.query.emplace_back("value",
                                 "cs." + dump_json(Json{{field, input.value("equals", Json())}}));
    }
    request.query.insert(request.query.end(), {{"select", "id,value"},
                                               {"order", "id"},
                                               {"limit", std::to_string(kPageRows)},
                                               {"offset", std::to_string(offset)}});
    request.expected = {404};  // no table: no documents
    request.bytes_max = std::size_t{16} << 20;
    auto answer = co_await ask(api, std::move(request), string_or(input, "database"));
    if (!answer) co_return std::unexpected(answer.error());
    const Json& page = list_at(answer->json, "");
    for (const Json& one : page) {
      const Json& value = at_pointer(one, "/value");
      if (!field.empty() &&
          (!value.is_object() || value.value(field, Json()) != input.value("equals", Json())))
        continue;
      if (documents.size() < limit)
        documents.push_back({{"id", text_at(one, "/id")}, {"value", value}});
    }
    if (page.size() < static_cast<std::size_t>(kPageRows)) break;
  }
  co_return Json{{"documents", documents}};
}

Task<Result<Json>> remove_document(Api* api, Json input) {
  ApiRequest request = rows("DELETE", input);
  request.expected = {404};
  return act(api, std::move(request), string_or(input, "database"));
}

// ---- objects

Task<Result<Json>> list_buckets(Api* api, Json /*input*/) {
  auto answer = co_await ask(api, storage("GET", "/bucket/"));
  if (!answer) co_return std::unexpected(answer.error());
  Json buckets = Json::array();
  for (const Json& one : list_at(answer->json, "")) {
    buckets.push_back({{"name", text_at(one, "/id")},
                       {"public", bool_at(one, "/public")},
                       {"createdAt", unix_ms_from(text_at(one, "/created_at"))}});
  }
  co_return Json{{"buckets", buckets}};
}

Task<Result<Json>> create_bucket(Api* api, Json input) {
  auto made = co_await act(api, storage("POST", "/bucket/",
                                        fill(R"({"name": "$name", "id": "$name", "public": false})",
                                             {{"name", input["name"]}})));
  if (!made) co_return made;
  co_return Json{{"bucket", {{"name", input["name"]}, {"public", false}}}};
}

Task<Result<Json>> remove_bucket(Api* api, Json input) {
  ApiRequest request =
      storage("DELETE", fill_path("/bucket/{id}", {{"id", string_or(input, "bucket")}}));
  request.expected = {404};
  return act(api, std::move(request));
}

Task<Result<Json>> put_object(Api* api, Json input) {
  if (blob_size(input) > kUploadChunkBytes) {
    co_return co_await put_resumably(api, std::move(input));
  }
  ApiRequest request = storage("POST", object_path(input));
  request.headers = {{"x-upsert", "true"}};
  request.repeat = Repeat::kSafe;  // the same bytes in the same place
  auto object = set_content(request, input);
  if (!object) co_return object;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  if (!object->contains("size")) {
    auto info = co_await ask(api, storage("GET", object_path(input, "object/info")));
    if (!info) co_return std::unexpected(info.error());
    (*object)["size"] = int_at(info->json, "/size", int_at(info->json, "/metadata/size"));
  }
  co_return Json{{"object", std::move(*object)}};
}

Task<Result<Json>> get_object(Api* api, Json input) {
  ApiRequest request = storage("GET", object_path(input, "object/authenticated"));
  request.headers = range_of(input);
  request.answer = Answer::kBytes;
  request.bytes_max = kObjectBytesMax;
  request.timeout = kTransferTimeout;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bytes", base64url_encode(as_bytes(answer->text))}};
}

Task<Result<Json>> list_objects(Api* api, Json input) {
  ApiRequest request = storage(
      "POST", fill_path("/object/list-v2/{bucket}", {{"bucket", string_or(input, "bucket")}}),
      fill(
          R"({"prefix": "$prefix", "limit": "$limit", "cursor": "$after",
                       "with_delimiter": false, "sortBy": {"column": "name", "order": "asc"}})",
          {{"prefix", input.value("prefix", Json())},
           {"limit", std::clamp(int_or(input, "limit", 1000), std::int64_t{1}, std::int64_t{1000})},
           {"after", input.value("after", Json())}}));
  request.repeat = Repeat::kSafe;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json objects = Json::array();
  for (const Json& one : list_at(answer->json, "/objects")) {
    Json object = {{"key", text_at(one, "/key", text_at(one, "/name"))},
                   {"size", int_at(one, "/metadata/size")},
                   {"changedAt", unix_ms_from(text_at(one, "/updated_at"))}};
    put_if(object, "etag", text_at(one, "/metadata/eTag"));
    put_if(object, "type", text_at(one, "/metadata/mimetype"));
    objects.push_back(std::move(object));
  }
  Json view = {{"objects", objects}};
  if (bool_at(answer->json, "/hasNext"))
    put_if(view, "after", text_at(answer->json, "/nextCursor"));
  co_return view;
}

Task<Result<Json>> remove_object(Api* api, Json input) {
  ApiRequest request = storage("DELETE", object_path(input));
  request.expected = {404};
  return act(api, std::move(request));
}

}  // namespace a67::supabase
