// S3 and what speaks it: Backblaze B2, Cloudflare R2, AWS, Neon and others, by the REST API with
// Signature Version 4 and addresses of path style. README.md says what works and what does not.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/content.h"
#include "engine/providers/s3/s3.h"

namespace a67::s3 {
namespace {

constexpr std::size_t kObjectBytesMax = std::size_t{6} << 20;

std::string bucket_path(const Json& input, std::string_view name = "bucket") {
  return "/" + percent_encode(string_or(input, name));
}

// ---- answers

std::string error_text(std::string_view text) {
  const auto xml = parse_xml(text);
  if (!xml || xml->name != "Error") return {};
  return xml->child_text("Code") + ": " + xml->child_text("Message");
}

// S3 says 403 for what is a wrong key, a wrong clock and a missing right alike; the code tells.
Error in_our_words(Error error) {
  const auto says = [&](std::string_view code) {
    return error.message.find(code) != std::string::npos;
  };
  if (says("InvalidAccessKeyId") || says("SignatureDoesNotMatch")) {
    error.code = ErrorCode::kUnauthorized;
    error.hint = "The key or its secret is wrong. Check both, and the region.";
  } else if (says("ExpiredToken")) {
    error.code = ErrorCode::kUnauthorized;
    error.hint = "The key has expired. Replace it: make a new one at the service and give it here.";
  } else if (says("AuthorizationHeaderMalformed")) {
    error.hint = "The region of the account is another: set the one it names.";
  } else if (says("AccessDenied") && !says("exceeded")) {
    error.hint =
        "The key lacks a permission (needed: read, write, list and delete in the buckets).";
  }
  return error;
}

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Result<ApiRequest> request_to(Api* api, std::string method, std::string path) {
  std::string endpoint = api->setting("endpoint");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (endpoint.empty()) {
    return fail(ErrorCode::kInvalidInput, "The address of the S3 service is missing.",
                "It begins with https:// and is on the page of your bucket or key.",
                "settings.endpoint");
  }
  return ApiRequest{.method = std::move(method),
                    .host = std::move(endpoint),
                    .path = std::move(path),
                    .auth = Auth::kAwsSigV4,
                    .bucket = "s3",
                    .answer = Answer::kText};
}

std::string object_path(const Json& input) {
  return bucket_path(input) + "/" + percent_encode(string_or(input, "key"), true);
}

Task<Result<ApiAnswer>> ask(Api* api, Result<ApiRequest> request) {
  if (!request) co_return std::unexpected(request.error());
  auto answer = co_await api->call(std::move(*request));
  if (!answer) co_return std::unexpected(in_our_words(std::move(answer.error())));
  co_return answer;
}

Task<Result<XmlElement>> ask_xml(Api* api, Result<ApiRequest> request, std::string_view root) {
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  auto xml = parse_xml(answer->text);
  if (xml && xml->name == "Error") {
    // Completing an upload says 200 first and what went wrong later.
    co_return fail(ErrorCode::kOutcomeUnknown,
                   "S3 answered: " + api->credential().redacted(error_text(answer->text)));
  }
  if (!xml || xml->name != root) {
    co_return fail(ErrorCode::kInternal, "What answered is no S3 service.",
                   "Check the address. Is there a login page of this network in between?");
  }
  co_return std::move(*xml);
}

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

Task<Result<std::int64_t>> size_of(Api* api, std::string path) {
  auto info = co_await ask(api, request_to(api, "HEAD", std::move(path)));
  if (!info) co_return std::unexpected(info.error());
  co_return number_of(info->header("content-length"));
}

namespace {

Json read_object(const XmlElement& contents) {
  Json view = {{"key", contents.child_text("Key")},
               {"size", number_of(contents.child_text("Size"))},
               {"changedAt", unix_ms_from(contents.child_text("LastModified"))}};
  put_if(view, "etag", without_quotes(contents.child_text("ETag")));
  return view;
}

// ---- operations

Result<ApiRequest> list_request(Api* api, const std::string& bucket, const std::string& prefix,
                                std::int64_t limit, const std::string& after) {
  auto request = request_to(api, "GET", "/" + percent_encode(bucket));
  if (!request) return request;
  request->query = {{"list-type", "2"},
                    {"prefix", prefix},
                    {"max-keys", std::to_string(limit)},
                    {"continuation-token", after}};
  return request;
}

// A key for one bucket may not list them all: the setting `bucket` names it.
Task<Result<Json>> list_buckets(Api* api, Json /*input*/) {
  Json buckets = Json::array();
  if (const std::string only = api->setting("bucket"); !only.empty()) {
    buckets.push_back({{"name", only}});
    co_return Json{{"buckets", buckets}};
  }
  auto xml = co_await ask_xml(api, request_to(api, "GET", "/"), "ListAllMyBucketsResult");
  if (!xml) co_return std::unexpected(xml.error());
  if (const XmlElement* all = xml->child("Buckets"); all != nullptr) {
    for (const XmlElement& one : all->children) {
      buckets.push_back({{"name", one.child_text("Name")},
                         {"createdAt", unix_ms_from(one.child_text("CreationDate"))}});
    }
  }
  co_return Json{{"buckets", buckets}};
}

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  const std::string only = api->setting("bucket");
  std::string id = api->setting("endpoint");
  if (!only.empty()) {
    auto xml = co_await ask_xml(api, list_request(api, only, "", 1, ""), "ListBucketResult");
    if (!xml) co_return std::unexpected(xml.error());
    id += "/" + only;
  } else {
    auto xml = co_await ask_xml(api, request_to(api, "GET", "/"), "ListAllMyBucketsResult");
    if (!xml) co_return std::unexpected(xml.error());
    const XmlElement* owner = xml->child("Owner");
    if (owner != nullptr && !owner->child_text("ID").empty()) id = owner->child_text("ID");
  }
  co_return Json{{"identity", {{"id", id}, {"name", api->setting("endpoint")}}}};
}

Task<Result<Json>> create_bucket(Api* api, Json input) {
  auto request = request_to(api, "PUT", bucket_path(input, "name"));
  if (!request) co_return std::unexpected(request.error());
  const std::string region = string_or(input, "region", api->setting("region"));
  // Only AWS wants to be told; others have one place an address.
  if (request->host.ends_with(".amazonaws.com") && !region.empty() && region != "us-east-1") {
    request->bytes =
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
        "<LocationConstraint>" +
        percent_encode(region) + "</LocationConstraint></CreateBucketConfiguration>";
    request->content_type = "application/xml";
  }
  request->repeat = Repeat::kNever;  // a second answer would say that it is taken
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bucket", {{"name", input["name"]}, {"public", false}}}};
}

Task<Result<Json>> remove_bucket(Api* api, Json input) {
  auto request = request_to(api, "DELETE", bucket_path(input));
  if (request) request->expected = {404};
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

Task<Result<Json>> put_object(Api* api, Json input) {
  if (blob_size(input) > kPartBytes) co_return co_await put_in_parts(api, std::move(input));
  auto request = request_to(api, "PUT", object_path(input));
  if (!request) co_return std::unexpected(request.error());
  auto object = set_content(*request, input);
  if (!object) co_return object;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  put_if(*object, "etag", without_quotes(answer->header("etag")));
  if (!object->contains("size")) {
    auto size = co_await size_of(api, object_path(input));
    if (!size) co_return std::unexpected(size.error());
    (*object)["size"] = *size;
  }
  co_return Json{{"object", std::move(*object)}};
}

Task<Result<Json>> get_object(Api* api, Json input) {
  auto request = request_to(api, "GET", object_path(input));
  if (!request) co_return std::unexpected(request.error());
  request->headers = range_of(input);
  request->answer = Answer::kBytes;
  request->bytes_max = kObjectBytesMax;
  request->timeout = kTransferTimeout;
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"bytes", base64url_encode(as_bytes(answer->text))}};
}

Task<Result<Json>> list_objects(Api* api, Json input) {
  const auto limit = std::clamp(int_or(input, "limit", 1000), std::int64_t{1}, std::int64_t{1000});
  auto xml =
      co_await ask_xml(api,
                       list_request(api, string_or(input, "bucket"), string_or(input, "prefix"),
                                    limit, string_or(input, "after")),
                       "ListBucketResult");
  if (!xml) co_return std::unexpected(xml.error());
  Json objects = Json::array();
  for (const XmlElement& one : xml->children) {
    if (one.name == "Contents") objects.push_back(read_object(one));
  }
  Json view = {{"objects", objects}};
  if (xml->child_text("IsTruncated") == "true")
    put_if(view, "after", xml->child_text("NextContinuationToken"));
  co_return view;
}

Task<Result<Json>> remove_object(Api* api, Json input) {
  auto request = request_to(api, "DELETE", object_path(input));
  if (request) request->expected = {404};
  auto answer = co_await ask(api, std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

constexpr std::array kHosts = {ProviderHost{"data", "https://*"}};
constexpr std::array kFields = {
    CredentialField{.name = "endpoint",
                    .label = "Address of the service",
                    .secret = false,
                    .hint = "https://s3.eu-central-003.backblazeb2.com"},
    CredentialField{.name = "region",
                    .label = "Region",
                    .secret = false,
                    .hint = "eu-central-003; auto at Cloudflare"},
    CredentialField{.name = "bucket",
                    .label = "The only bucket the key may use",
                    .secret = false,
                    .required = false},
    CredentialField{.name = "key", .label = "Access key id"},
    CredentialField{.name = "secret", .label = "Secret access key"}};
constexpr std::array kCapabilities = {Capability::kObjects};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},       Operation{"bucket.list", list_buckets},
    Operation{"bucket.create", create_bucket}, Operation{"bucket.remove", remove_bucket},
    Operation{"object.put", put_object},       Operation{"object.get", get_object},
    Operation{"object.list", list_objects},    Operation{"object.remove", remove_object},
};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "s3",
    .name = "S3",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = {}, .from_text = error_text},
    .token_page = "your provider's page of access keys",
    .least_scopes = "read, write, list and delete in the buckets you use",
    .auth = Auth::kAwsSigV4,
};

}  // namespace a67::s3
