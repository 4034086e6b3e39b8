// Firebase: objects by Cloud Storage's JSON API, and which of its two document databases is meant.
// README.md says what works and what does not; firestore.cpp and realtime.cpp have the documents.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/content.h"
#include "engine/providers/firebase/parts.h"

namespace a67::firebase {

Task<Result<Json>> act(Api* api, ApiRequest request) {
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

std::string database_of(const Api& api, const Json& input) {
  return string_or(input, "database", api.setting("database"));
}

namespace {

constexpr std::size_t kObjectBytesMax = std::size_t{6} << 20;

// ---- requests

ApiRequest storage(std::string method, std::string path) {
  return {
      .method = std::move(method), .host = "storage", .path = std::move(path), .bucket = "storage"};
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

// A Realtime Database is known by its address, one of Firestore by its name.
bool is_realtime(const Api& api, const Json& input) {
  return database_of(api, input).contains("://");
}

Task<Result<Json>> put_document(Api* api, Json input) {
  return is_realtime(*api, input) ? realtime::put(api, std::move(input))
                                  : firestore::put(api, std::move(input));
}

Task<Result<Json>> get_document(Api* api, Json input) {
  return is_realtime(*api, input) ? realtime::get(api, std::move(input))
                                  : firestore::get(api, std::move(input));
}

Task<Result<Json>> query_documents(Api* api, Json input) {
  return is_realtime(*api, input) ? realtime::query(api, std::move(input))
                                  : firestore::query(api, std::move(input));
}

Task<Result<Json>> remove_document(Api* api, Json input) {
  return is_realtime(*api, input) ? realtime::remove(api, std::move(input))
                                  : firestore::remove(api, std::move(input));
}

std::string last_part(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// Both kinds. An API of a project that is not enabled answers 403: it has none of that kind.
Task<Result<Json>> list_databases(Api* api, Json /*input*/) {
  Json databases = Json::array();
  const std::string project = percent_encode(api->setting("project"));
  ApiRequest stores{.host = "firestore",
                    .path = "/v1/projects/" + project + "/databases",
                    .bucket = "firestore",
                    .expected = {403, 404}};
  auto answer = co_await api->call(std::move(stores));
  if (!answer) co_return std::unexpected(answer.error());
  for (const Json& one : list_at(answer->json, "/databases")) {
    const std::string name = last_part(text_at(one, "/name"));
    Json view = {{"id", name}, {"name", name}, {"state", "live"}};
    put_if(view, "region", text_at(one, "/locationId"));
    databases.push_back(std::move(view));
  }
  ApiRequest instances{.host = "database",
                       .path = "/v1beta/projects/" + project + "/locations/-/instances",
                       .bucket = "realtime",
                       .expected = {403, 404}};
  auto all = co_await api->call_pages(std::move(instances), "/instances", "pageToken", next_token);
  if (!all) co_return std::unexpected(all.error());
  for (const Json& one : *all) {
    databases.push_back({{"id", text_at(one, "/databaseUrl")},
                         {"name", last_part(text_at(one, "/name"))},
                         {"state", text_at(one, "/state") == "ACTIVE" ? "live" : "paused"}});
  }
  co_return Json{{"databases", databases}};
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
  request.repeat = Repeat::kSafe;  // the same bytes in the same place
  if (auto fine = set_content(request, input); !fine) co_return fine;
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"object", read_object(answer->json)}};
}

Task<Result<Json>> get_object(Api* api, Json input) {
  ApiRequest request = storage("GET", object_path(input));
  request.query = {{"alt", "media"}};
  request.headers = range_of(input);
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
                               ProviderHost{"storage", "https://storage.googleapis.com"},
                               ProviderHost{"database", "https://firebasedatabase.googleapis.com"},
                               ProviderHost{"realtime", "https://*.firebaseio.com"},
                               ProviderHost{"region", "https://*.firebasedatabase.app"}};
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
    Operation{"document.remove", remove_document}, Operation{"database.list", list_databases},
    Operation{"bucket.list", list_buckets},        Operation{"bucket.create", create_bucket},
    Operation{"bucket.remove", remove_bucket},     Operation{"object.put", put_object},
    Operation{"object.get", get_object},           Operation{"object.list", list_objects},
    Operation{"object.remove", remove_object},
};
// runQuery streams a list, also of its one error.
constexpr std::array kErrorMessages = {std::string_view("/error/message"),
                                       std::string_view("/0/error/message"),
                                       std::string_view("/error")};
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
    .least_scopes =
        "datastore, devstorage.read_write, firebase.readonly; for a Realtime Database "
        "firebase.database and userinfo.email",
    .oauth = {.kind = OAuthFlow::Kind::kGoogleToken,
              .authorize_url = "https://accounts.google.com/o/oauth2/v2/auth",
              .scopes = "https://www.googleapis.com/auth/datastore "
                        "https://www.googleapis.com/auth/devstorage.read_write "
                        "https://www.googleapis.com/auth/firebase.readonly "
                        "https://www.googleapis.com/auth/firebase.database "
                        "https://www.googleapis.com/auth/userinfo.email",
              .note =
                  "Make an OAuth client for web applications in Google's console and enter this "
                  "page's address among its JavaScript origins. Google warns of an unverified "
                  "app until you have it verified; as a test user you may go on. A token lasts "
                  "about an hour and cannot be renewed without you."},
    .probe_path = "/v1beta1/projects",
};

}  // namespace a67::firebase
