// Cloudinary: objects as raw assets under one folder. README.md says what works and what does not.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/api.h"
#include "engine/providers/authorize.h"

namespace a67::cloudinary {
namespace {

// Lists are in order of their ids only below a prefix, and what else is there is none of ours.
constexpr std::string_view kFolder = "automator67/";
constexpr std::string_view kAdminBucket = "admin";
constexpr std::size_t kObjectBytesMax = std::size_t{6} << 20;
constexpr Duration kTransferTimeout{120'000};

// ---- names: Cloudinary's ids may not hold ? & # \ % < > + (cloudinary.com/documentation/
// upload_parameters); those are written =XX, and so is the sign itself.

constexpr std::string_view kForbidden = "?&#\\%<>+=";

std::string public_id(std::string_view key) {
  std::string id(kFolder);
  for (const char c : key) {
    if (kForbidden.find(c) == std::string_view::npos) {
      id += c;
    } else {
      id += '=';
      id += percent_encode(std::string_view(&c, 1)).substr(1);
    }
  }
  return id;
}

std::string key_of(std::string_view id) {
  if (id.starts_with(kFolder)) id.remove_prefix(kFolder.size());
  std::string key;
  for (std::size_t at = 0; at < id.size(); ++at) {
    std::string hex;
    if (id[at] == '=') {
      for (const char c : id.substr(at + 1, 2))
        hex += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    const auto byte = hex_decode(hex);
    if (hex.size() == 2 && byte) {
      key += static_cast<char>((*byte)[0]);
      at += 2;
    } else {
      key += id[at];
    }
  }
  return key;
}

// ---- requests

Result<ApiRequest> request_to(Api* api, std::string method, std::string_view rest,
                              std::string_view bucket = kAdminBucket) {
  const std::string cloud = api->setting("cloud");
  if (cloud.empty()) {
    return fail(ErrorCode::kInvalidInput, "The name of the Cloudinary cloud is missing.",
                "It is on the dashboard's first page.", "settings.cloud");
  }
  return ApiRequest{.method = std::move(method),
                    .path = fill_path("/v1_1/{cloud}", {{"cloud", cloud}}) + std::string(rest),
                    .auth = Auth::kBasic,
                    .bucket = bucket};
}

Task<Result<ApiAnswer>> read_usage(Api* api) {
  auto request = request_to(api, "GET", "/usage");
  if (!request) co_return std::unexpected(request.error());
  co_return co_await api->call(std::move(*request));
}

Json read_object(const Json& asset) {
  Json view = {{"key", key_of(text_at(asset, "/public_id"))},
               {"size", int_at(asset, "/bytes")},
               {"changedAt", unix_ms_from(text_at(asset, "/created_at"))}};
  put_if(view, "etag", text_at(asset, "/etag"));
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  auto answer = co_await read_usage(api);
  if (!answer) co_return std::unexpected(answer.error());
  const std::string cloud = api->setting("cloud");
  co_return Json{{"identity", {{"id", cloud}, {"name", cloud}}}, {"settings", {{"cloud", cloud}}}};
}

// An account's product environment is its one bucket.
Task<Result<Json>> list_buckets(Api* api, Json /*input*/) {
  auto answer = co_await read_usage(api);
  if (!answer) co_return std::unexpected(answer.error());
  Json buckets = Json::array();
  buckets.push_back({{"name", api->setting("cloud")}, {"public", true}});
  co_return Json{{"buckets", buckets}};
}

Task<Result<Json>> put_object(Api* api, Json input) {
  if (input.contains("blob")) {
    co_return fail(ErrorCode::kInvalidInput,
                   "Cloudinary takes files only inside a form, not as they are.",
                   "Give the bytes themselves, 6 MB at most.", "blob");
  }
  const auto bytes = base64url_decode(string_or(input, "bytes"));
  if (!bytes) co_return fail(ErrorCode::kInvalidInput, "`bytes` is not base64url.", {}, "bytes");
  auto request = request_to(api, "POST", "/raw/upload", "upload");
  if (!request) co_return std::unexpected(request.error());
  request->body = fill(
      R"({"file": "$file", "public_id": "$id", "overwrite": true, "invalidate": true})",
      {{"file", "data:application/octet-stream;base64," +
                    base64_encode({reinterpret_cast<const char*>(bytes->data()), bytes->size()})},
       {"id", public_id(string_or(input, "key"))}});
  request->repeat = Repeat::kSafe;  // the same bytes in the same place
  request->timeout = kTransferTimeout;
  auto answer = co_await api->call(std::move(*request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"object", read_object(answer->json)}};
}

// The caches in front of an asset know its version: it is asked for, so that nobody reads an old
// one.
Task<Result<Json>> get_object(Api* api, Json input) {
  const std::string id = public_id(string_or(input, "key"));
  auto request = request_to(api, "GET", "/resources/raw/upload/" + percent_encode(id));
  if (!request) co_return std::unexpected(request.error());
  auto asset = co_await api->call(std::move(*request));
  if (!asset) co_return std::unexpected(asset.error());
  ApiRequest file{.host = "res",
                  .path = fill_path("/{cloud}/raw/upload/v{version}/",
                                    {{"cloud", api->setting("cloud")},
                                     {"version", int_at(asset->json, "/version")}}) +
                          percent_encode(id, true),
                  .auth = Auth::kNone,
                  .bucket = "delivery",
                  .answer = Answer::kBytes,
                  .bytes_max = kObjectBytesMax,
                  .timeout = kTransferTimeout};
  if (input.contains("offset") || input.contains("length")) {
    const auto from = int_or(input, "offset");
    const auto length = int_or(input, "length");
    file.headers = {{"Range", "bytes=" + std::to_string(from) + "-" +
                                  (length > 0 ? std::to_string(from + length - 1) : "")}};
  }
  auto answer = co_await api->call(std::move(file));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bytes", base64url_encode(as_bytes(answer->text))}};
}

Task<Result<Json>> list_objects(Api* api, Json input) {
  auto request = request_to(api, "GET", "/resources/raw");
  if (!request) co_return std::unexpected(request.error());
  const auto limit = std::clamp(int_or(input, "limit", 500), std::int64_t{1}, std::int64_t{500});
  request->query = {{"type", "upload"},
                    {"prefix", public_id(string_or(input, "prefix"))},
                    {"max_results", std::to_string(limit)},
                    {"next_cursor", string_or(input, "after")}};
  auto answer = co_await api->call(std::move(*request));
  if (!answer) co_return std::unexpected(answer.error());
  Json objects = Json::array();
  for (const Json& one : list_at(answer->json, "/resources")) objects.push_back(read_object(one));
  Json view = {{"objects", objects}};
  put_if(view, "after", text_at(answer->json, "/next_cursor"));
  co_return view;
}

Task<Result<Json>> remove_object(Api* api, Json input) {
  auto request = request_to(api, "POST", "/raw/destroy", "upload");
  if (!request) co_return std::unexpected(request.error());
  request->body = {{"public_id", public_id(string_or(input, "key"))}, {"invalidate", true}};
  request->repeat = Repeat::kSafe;
  auto answer = co_await api->call(std::move(*request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();  // "ok" or "not found"
}

Task<Result<Json>> usage(Api* api, Json /*input*/) {
  auto answer = co_await read_usage(api);
  if (!answer) co_return std::unexpected(answer.error());
  struct Metric {
    const char* name;
    const char* unit;
  };
  constexpr std::array kMetrics = {Metric{"credits", "credits"}, Metric{"storage", "bytes"},
                                   Metric{"bandwidth", "bytes"}, Metric{"objects", "assets"},
                                   Metric{"transformations", "transformations"}};
  Json lines = Json::array();
  for (const Metric& metric : kMetrics) {
    const Json& one = at_pointer(answer->json, std::string("/") + metric.name);
    if (!one.is_object()) continue;
    Json line = {
        {"metric", metric.name}, {"used", number_at(one, "/usage")}, {"unit", metric.unit}};
    if (one.contains("limit")) line["limit"] = number_at(one, "/limit");
    lines.push_back(std::move(line));
  }
  co_return Json{{"lines", lines}};
}

constexpr std::array kHosts = {ProviderHost{"api", "https://api.cloudinary.com"},
                               ProviderHost{"res", "https://res.cloudinary.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "cloud", .label = "Cloud name", .secret = false},
    CredentialField{.name = "key", .label = "API key", .hint = "A number"},
    CredentialField{.name = "secret", .label = "API secret"}};
constexpr std::array kCapabilities = {Capability::kObjects, Capability::kUsage};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},    Operation{"bucket.list", list_buckets},
    Operation{"object.put", put_object},    Operation{"object.get", get_object},
    Operation{"object.list", list_objects}, Operation{"object.remove", remove_object},
    Operation{"usage.get", usage},
};
constexpr std::array kErrorMessages = {std::string_view("/error/message")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "cloudinary",
    .name = "Cloudinary",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages},
    .token_page = "https://console.cloudinary.com/app/settings/api-keys",
    .least_scopes = "the API key and secret of the product environment",
    .auth = Auth::kBasic,
    .probe_path = "/v1_1/demo/usage",
};

}  // namespace a67::cloudinary
