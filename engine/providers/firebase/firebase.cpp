// Firebase: documents by Firestore's REST API, objects by Cloud Storage's JSON API. README.md says
// what works and what does not.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/api.h"

namespace a67::firebase {
namespace {

constexpr std::int64_t kDocumentsMax = 10'000;
constexpr std::size_t kQueryBytesMax = std::size_t{16} << 20;
constexpr std::size_t kObjectBytesMax = std::size_t{6} << 20;
constexpr Duration kTransferTimeout{120'000};

// ---- Firestore's typed values

Json to_value(const Json& value);

Json to_fields(const Json& object) {
  Json fields = Json::object();
  for (const auto& [key, value] : object.items()) fields[key] = to_value(value);
  return fields;
}

Json to_value(const Json& value) {
  switch (value.type()) {
    case Json::value_t::boolean:
      return {{"booleanValue", value}};
    case Json::value_t::number_unsigned:
      if (value.get<std::uint64_t>() >
          static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return {{"doubleValue", value.get<double>()}};
      }
      return {{"integerValue", value.dump()}};
    case Json::value_t::number_integer:
      return {{"integerValue", value.dump()}};
    case Json::value_t::number_float:
      return {{"doubleValue", value}};
    case Json::value_t::string:
      return {{"stringValue", value}};
    case Json::value_t::array: {
      Json values = Json::array();
      for (const Json& one : value) values.push_back(to_value(one));
      return {{"arrayValue", {{"values", values}}}};
    }
    case Json::value_t::object:
      return {{"mapValue", {{"fields", to_fields(value)}}}};
    default:
      return {{"nullValue", nullptr}};
  }
}

Json from_value(const Json& value);

Json from_fields(const Json& fields) {
  Json object = Json::object();
  if (fields.is_object()) {
    for (const auto& [key, value] : fields.items()) object[key] = from_value(value);
  }
  return object;
}

// What JSON has no type for (times, bytes, references) comes as its text.
Json from_value(const Json& value) {
  if (!value.is_object() || value.empty()) return nullptr;
  const std::string& type = value.begin().key();
  const Json& inner = value.begin().value();
  if (type == "mapValue") return from_fields(at_pointer(inner, "/fields"));
  if (type == "arrayValue") {
    Json list = Json::array();
    for (const Json& one : list_at(inner, "/values")) list.push_back(from_value(one));
    return list;
  }
  if (type == "integerValue" && inner.is_string()) return int_at(value, "/integerValue");
  return inner;
}

// ---- requests

ApiRequest firestore(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .host = "firestore",
          .path = std::move(path),
          .body = std::move(body),
          .bucket = "firestore"};
}

ApiRequest storage(std::string method, std::string path) {
  return {
      .method = std::move(method), .host = "storage", .path = std::move(path), .bucket = "storage"};
}

Result<std::string> documents_path(Api* api) {
  const std::string project = api->setting("project");
  if (project.empty()) {
    return fail(ErrorCode::kInvalidInput, "No Firebase project is chosen.",
                "Put its id into the account's settings.", "settings.project");
  }
  const std::string database = api->setting("database");
  return fill_path("/v1/projects/{project}/databases/", {{"project", project}}) +
         (database.empty() ? "(default)" : percent_encode(database)) + "/documents";
}

// "a/b/c": collection c of document b of collection a.
Result<std::string> document_path(Api* api, const Json& input) {
  auto path = documents_path(api);
  if (!path) return path;
  return *path + "/" + percent_encode(string_or(input, "collection"), true) + "/" +
         percent_encode(string_or(input, "id"));
}

// A name that is no plain word stands between backticks (StructuredQuery.FieldReference).
std::string field_path(const std::string& field) {
  const bool plain =
      field.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
          std::string::npos &&
      !field.empty() && (field[0] < '0' || field[0] > '9');
  if (plain) return field;
  std::string quoted = "`";
  for (const char c : field) {
    if (c == '`' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "`";
}

Json filter_of(const Json& input) {
  if (!input.contains("field")) return nullptr;
  const Json field = {{"fieldPath", field_path(string_or(input, "field"))}};
  const Json equals = input.value("equals", Json());
  if (equals.is_null()) {
    return {{"unaryFilter", {{"op", "IS_NULL"}, {"field", field}}}};
  }
  return {{"fieldFilter", {{"field", field}, {"op", "EQUAL"}, {"value", to_value(equals)}}}};
}

std::string object_path(const Json& input) {
  return fill_path("/storage/v1/b/{bucket}/o/{key}",
                   {{"bucket", string_or(input, "bucket")}, {"key", string_or(input, "key")}});
}

std::string next_token(const ApiAnswer& answer) { return text_at(answer.json, "/nextPageToken"); }

Json read_bucket(const Json& bucket) {
  Json view = {{"name", text_at(bucket, "/name")},
               {"createdAt", unix_ms_from(text_at(bucket, "/timeCreated"))}};
  put_if(view, "region", text_at(bucket, "/location"));
  return view;
}

Json read_object(const Json& object) {
  Json view = {{"key", text_at(object, "/name")},
               {"size", int_at(object, "/size")},
               {"changedAt", unix_ms_from(text_at(object, "/updated"))}};
  put_if(view, "etag", text_at(object, "/etag"));
  put_if(view, "type", text_at(object, "/contentType"));
  return view;
}

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto all = co_await api->call_pages({.path = "/v1beta1/projects", .bucket = "projects"},
                                      "/results", "pageToken", next_token);
  if (!all) co_return std::unexpected(all.error());
  Json workspaces = Json::array();
  for (const Json& one : *all) {
    workspaces.push_back(
        {{"id", text_at(one, "/projectId")}, {"name", text_at(one, "/displayName")}});
  }
  std::string project = api->setting("project");
  if (project.empty()) project = text_at(workspaces, "/0/id");
  if (project.empty()) {
    co_return fail(ErrorCode::kForbidden, "This Google account sees no Firebase project.",
                   "Make one in Firebase's console first.");
  }
  // Google tells who somebody is only with another permission: the project stands for it.
  co_return Json{{"identity", {{"id", project}, {"name", project}}},
                 {"workspaces", workspaces},
                 {"settings", {{"project", project}}}};
}

Task<Result<Json>> put_document(Api* api, Json input) {
  auto path = document_path(api, input);
  if (!path) co_return std::unexpected(path.error());
  if (!input["value"].is_object()) {
    co_return fail(ErrorCode::kInvalidInput, "A document of Firestore is an object.", {}, "value");
  }
  // Without a mask of fields the document is replaced, or made.
  ApiRequest request = firestore("PATCH", *path, {{"fields", to_fields(input["value"])}});
  request.repeat = Repeat::kSafe;
  co_return co_await act(api, std::move(request));
}

Task<Result<Json>> get_document(Api* api, Json input) {
  auto path = document_path(api, input);
  if (!path) co_return std::unexpected(path.error());
  auto answer = co_await api->call(firestore("GET", *path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"value", from_fields(at_pointer(answer->json, "/fields"))}};
}

Task<Result<Json>> query_documents(Api* api, Json input) {
  auto path = documents_path(api);
  if (!path) co_return std::unexpected(path.error());
  std::string collection = string_or(input, "collection");
  if (const auto slash = collection.rfind('/'); slash != std::string::npos) {
    *path += "/" + percent_encode(collection.substr(0, slash), true);
    collection.erase(0, slash + 1);
  }
  Json from = Json::array();
  from.push_back({{"collectionId", collection}});
  ApiRequest request = firestore(
      "POST", *path + ":runQuery",
      fill(R"({"structuredQuery": {"from": "$from", "where": "$where", "limit": "$limit"}})",
           {{"from", from},
            {"where", filter_of(input)},
            {"limit",
             std::clamp(int_or(input, "limit", kDocumentsMax), std::int64_t{1}, kDocumentsMax)}}));
  request.repeat = Repeat::kSafe;
  request.bytes_max = kQueryBytesMax;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json documents = Json::array();
  for (const Json& one : list_at(answer->json, "")) {
    const std::string name = text_at(one, "/document/name");
    if (name.empty()) continue;  // a sign of progress
    documents.push_back({{"id", name.substr(name.rfind('/') + 1)},
                         {"value", from_fields(at_pointer(one, "/document/fields"))}});
  }
  co_return Json{{"documents", documents}};
}

Task<Result<Json>> remove_document(Api* api, Json input) {
  auto path = document_path(api, input);
  if (!path) co_return std::unexpected(path.error());
  ApiRequest request = firestore("DELETE", *path);
  request.expected = {404};
  co_return co_await act(api, std::move(request));
}

Task<Result<Json>> list_buckets(Api* api, Json /*input*/) {
  ApiRequest request = storage("GET", "/storage/v1/b");
  request.query = {{"project", api->setting("project")}};
  auto all = co_await api->call_pages(std::move(request), "/items", "pageToken", next_token);
  if (!all) co_return std::unexpected(all.error());
  Json buckets = Json::array();
  for (const Json& one : *all) buckets.push_back(read_bucket(one));
  co_return Json{{"buckets", buckets}};
}

Task<Result<Json>> create_bucket(Api* api, Json input) {
  ApiRequest request = storage("POST", "/storage/v1/b");
  request.query = {{"project", api->setting("project")}};
  request.body = fill(R"({"name": "$name", "location": "$region",
      "iamConfiguration": {"publicAccessPrevention": "enforced"}})",
                      {{"name", input["name"]}, {"region", input.value("region", Json())}});
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json bucket = read_bucket(answer->json);
  bucket["public"] = false;
  co_return Json{{"bucket", bucket}};
}

Task<Result<Json>> remove_bucket(Api* api, Json input) {
  ApiRequest request = storage(
      "DELETE", fill_path("/storage/v1/b/{bucket}", {{"bucket", string_or(input, "bucket")}}));
  request.expected = {404};
  return act(api, std::move(request));
}

Task<Result<Json>> put_object(Api* api, Json input) {
  ApiRequest request = storage("POST", fill_path("/upload/storage/v1/b/{bucket}/o",
                                                 {{"bucket", string_or(input, "bucket")}}));
  request.query = {{"uploadType", "media"}, {"name", string_or(input, "key")}};
  request.content_type = string_or(input, "type", "application/octet-stream");
  request.repeat = Repeat::kSafe;  // the same bytes in the same place
  request.timeout = kTransferTimeout;
  request.blob = string_or(input, "blob");
  if (request.blob.empty()) {
    const auto bytes = base64url_decode(string_or(input, "bytes"));
    if (!bytes) co_return fail(ErrorCode::kInvalidInput, "`bytes` is not base64url.", {}, "bytes");
    request.bytes.assign(bytes->begin(), bytes->end());
  }
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"object", read_object(answer->json)}};
}

Task<Result<Json>> get_object(Api* api, Json input) {
  ApiRequest request = storage("GET", object_path(input));
  request.query = {{"alt", "media"}};
  if (input.contains("offset") || input.contains("length")) {
    const auto from = int_or(input, "offset");
    const auto length = int_or(input, "length");
    request.headers = {{"Range", "bytes=" + std::to_string(from) + "-" +
                                     (length > 0 ? std::to_string(from + length - 1) : "")}};
  }
  request.answer = Answer::kBytes;
  request.bytes_max = kObjectBytesMax;
  request.timeout = kTransferTimeout;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bytes", base64url_encode(as_bytes(answer->text))}};
}

Task<Result<Json>> list_objects(Api* api, Json input) {
  ApiRequest request = storage(
      "GET", fill_path("/storage/v1/b/{bucket}/o", {{"bucket", string_or(input, "bucket")}}));
  const auto limit = std::clamp(int_or(input, "limit", 1000), std::int64_t{1}, std::int64_t{1000});
  request.query = {{"prefix", string_or(input, "prefix")},
                   {"maxResults", std::to_string(limit)},
                   {"pageToken", string_or(input, "after")}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json objects = Json::array();
  for (const Json& one : list_at(answer->json, "/items")) objects.push_back(read_object(one));
  Json view = {{"objects", objects}};
  put_if(view, "after", next_token(*answer));
  co_return view;
}

Task<Result<Json>> remove_object(Api* api, Json input) {
  ApiRequest request = storage("DELETE", object_path(input));
  request.expected = {404};
  return act(api, std::move(request));
}

constexpr std::array kHosts = {ProviderHost{"api", "https://firebase.googleapis.com"},
                               ProviderHost{"firestore", "https://firestore.googleapis.com"},
                               ProviderHost{"storage", "https://storage.googleapis.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token",
                    .label = "Access token of Google",
                    .hint = "Starts with ya29. and lasts about an hour"},
    CredentialField{.name = "project",
                    .label = "Project id",
                    .secret = false,
                    .required = false,
                    .hint = "The first of the account when left out"}};
constexpr std::array kCapabilities = {Capability::kDocuments, Capability::kObjects,
                                      Capability::kOauth};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},           Operation{"document.put", put_document},
    Operation{"document.get", get_document},       Operation{"document.query", query_documents},
    Operation{"document.remove", remove_document}, Operation{"bucket.list", list_buckets},
    Operation{"bucket.create", create_bucket},     Operation{"bucket.remove", remove_bucket},
    Operation{"object.put", put_object},           Operation{"object.get", get_object},
    Operation{"object.list", list_objects},        Operation{"object.remove", remove_object},
};
// runQuery streams a list, also of its one error.
constexpr std::array kErrorMessages = {std::string_view("/error/message"),
                                       std::string_view("/0/error/message")};
constexpr std::array kErrorCodes = {std::string_view("/error/details/0/reason"),
                                    std::string_view("/error/status"),
                                    std::string_view("/0/error/status")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "firebase",
    .name = "Firebase",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://console.cloud.google.com/apis/credentials",
    .least_scopes = "datastore, devstorage.read_write and firebase.readonly",
    .oauth = {.kind = OAuthFlow::Kind::kGoogleToken,
              .authorize_url = "https://accounts.google.com/o/oauth2/v2/auth",
              .scopes = "https://www.googleapis.com/auth/datastore "
                        "https://www.googleapis.com/auth/devstorage.read_write "
                        "https://www.googleapis.com/auth/firebase.readonly",
              .note =
                  "Make an OAuth client for web applications in Google's console and enter this "
                  "page's address among its JavaScript origins. Google warns of an unverified "
                  "app until you have it verified; as a test user you may go on. A token lasts "
                  "about an hour and cannot be renewed without you."},
    .probe_path = "/v1beta1/projects",
};

}  // namespace a67::firebase
