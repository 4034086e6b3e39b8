// R2: buckets and objects by the account's own API, so that one token does for all. Its S3 API
// wants keys of its own.
#include <algorithm>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/cloudflare/cloudflare.h"
#include "engine/providers/content.h"

namespace a67::cloudflare {
namespace {

std::string bucket_path(const Json& input) {
  return fill_path("/r2/buckets/{bucket}", {{"bucket", string_or(input, "bucket")}});
}

std::string object_path(const Json& input) {
  return bucket_path(input) + fill_path("/objects/{key}", {{"key", string_or(input, "key")}});
}

Json read_bucket(const Json& bucket) {
  Json view = {{"name", text_at(bucket, "/name")}, {"public", false}};
  put_if(view, "region", text_at(bucket, "/location"));
  put_if(view, "createdAt", unix_ms_from(text_at(bucket, "/creation_date")));
  return view;
}

Json read_object(const Json& object) {
  Json view = {{"key", text_at(object, "/key")}, {"size", int_at(object, "/size")}};
  put_if(view, "etag", text_at(object, "/etag"));
  put_if(view, "type", text_at(object, "/http_metadata/contentType"));
  const auto changed =
      unix_ms_from(text_at(object, "/last_modified", text_at(object, "/uploaded")));
  if (changed > 0) view["changedAt"] = changed;
  return view;
}

std::string next_cursor(const ApiAnswer& answer) {
  return text_at(answer.json, "/result_info/cursor");
}

Task<Result<Json>> remove(Api* api, ApiRequest request) {
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

}  // namespace

Task<Result<Json>> list_buckets(Api* api, Json /*input*/) {
  ApiRequest request = account_request(*api, "GET", "/r2/buckets");
  request.query = {{"per_page", "1000"}};
  auto all = co_await api->call_pages(std::move(request), "/result/buckets", "cursor", next_cursor);
  if (!all) co_return std::unexpected(all.error());
  Json buckets = Json::array();
  for (const Json& one : *all) buckets.push_back(read_bucket(one));
  co_return Json{{"buckets", buckets}};
}

Task<Result<Json>> create_bucket(Api* api, Json input) {
  ApiRequest request = account_request(*api, "POST", "/r2/buckets");
  request.body = fill(R"({"name": "$name", "locationHint": "$region"})",
                      {{"name", input["name"]}, {"region", input.value("region", Json())}});
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bucket", read_bucket(at_pointer(answer->json, "/result"))}};
}

Task<Result<Json>> remove_bucket(Api* api, Json input) {
  return remove(api, account_request(*api, "DELETE", bucket_path(input)));
}

Task<Result<Json>> put_object(Api* api, Json input) {
  ApiRequest request = account_request(*api, "PUT", object_path(input));
  if (auto fine = set_content(request, input); !fine) co_return fine;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json object = read_object(at_pointer(answer->json, "/result"));
  object["key"] = input["key"];
  co_return Json{{"object", object}};
}

// The API's documentation has no ranges: where the answer is whole, the part is cut here.
Task<Result<Json>> get_object(Api* api, Json input) {
  ApiRequest request = account_request(*api, "GET", object_path(input));
  request.answer = Answer::kBytes;
  request.timeout = kTransferTimeout;
  const auto offset = static_cast<std::size_t>(int_or(input, "offset"));
  const bool bounded = input.contains("length");
  const auto length = static_cast<std::size_t>(int_or(input, "length"));
  request.headers = range_of(input);
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  std::string_view bytes = answer->text;
  if (answer->status != 206) {
    bytes.remove_prefix(std::min(offset, bytes.size()));
    if (bounded) bytes = bytes.substr(0, length);
  }
  co_return Json{{"bytes", base64url_encode(as_bytes(bytes))}};
}

Task<Result<Json>> list_objects(Api* api, Json input) {
  ApiRequest request = account_request(*api, "GET", bucket_path(input) + "/objects");
  request.query = {{"prefix", string_or(input, "prefix")},
                   {"cursor", string_or(input, "after")},
                   {"per_page", std::to_string(int_or(input, "limit", 1000))}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json objects = Json::array();
  for (const Json& one : list_at(answer->json, "/result")) objects.push_back(read_object(one));
  Json output = {{"objects", objects}};
  put_if(output, "after", next_cursor(*answer));
  co_return output;
}

Task<Result<Json>> remove_object(Api* api, Json input) {
  return remove(api, account_request(*api, "DELETE", object_path(input)));
}

}  // namespace a67::cloudflare
