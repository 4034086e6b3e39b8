// Google Cloud Run (API v2): services from an image. README.md says what works and what does not.
//
// A service's id is its whole name, "projects/p/locations/l/services/s"; a deployment's is that of
// Google's long-running operation.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/providers/cloudrun/metrics.h"

namespace a67::cloudrun {
namespace {

constexpr std::string_view kRegion = "us-central1";
constexpr std::string_view kWriteBucket = "write";
constexpr Duration kPollEvery{2'000};
constexpr int kPollsMax = 60;

// ---- requests

ApiRequest get(std::string path) { return {.path = std::move(path), .bucket = "read"}; }

ApiRequest write(std::string method, std::string path, Json body = {}) {
  return {.method = std::move(method),
          .path = std::move(path),
          .body = std::move(body),
          .bucket = kWriteBucket};
}

std::string region_of(const Api& api) {
  std::string region = api.setting("region");
  return region.empty() ? std::string(kRegion) : region;
}

std::string services_path(const Api& api) {
  return fill_path("/v2/projects/{project}/locations/{region}/services",
                   {{"project", api.setting("project")}, {"region", region_of(api)}});
}

// Names have slashes, which stay.
std::string named(const Json& input, std::string_view key) {
  return "/v2/" + percent_encode(string_or(input, key), true);
}

Json env_list(const Json& env) {
  Json list = Json::array();
  for (const auto& [name, value] : env.items()) list.push_back({{"name", name}, {"value", value}});
  return list;
}

Result<std::string> image_of(const Json& source) {
  const std::string kind = string_or(source, "kind");
  std::string image = string_or(source, "image");
  if (kind == "image" && !image.empty()) return image;
  return fail(ErrorCode::kInvalidInput, "Cloud Run takes an image, not " + kind + ".",
              "Push an image to a registry that Google can read.", "source.kind");
}

Result<Json> service_body(const Json& input, const std::string& region) {
  auto image = image_of(object_at(input, "source"));
  if (!image) return std::unexpected(image.error());
  if (string_or(input, "region", region) != region) {
    return fail(ErrorCode::kInvalidInput, "This account is for the region " + region + ".",
                "Connect another one for the other region: Google lists services by region.",
                "region");
  }
  const std::string command = string_or(input, "command");
  const std::string health = string_or(input, "healthPath");
  const Json ports = Json::array({{{"containerPort", int_or(input, "port")}}});
  return fill(R"({
      "invokerIamDisabled": true, "ingress": "INGRESS_TRAFFIC_ALL",
      "scaling?": {"scalingMode": "$mode", "manualInstanceCount": "$instances"},
      "template": {"containers": [{"image": "$image", "env": "$env", "ports": "$ports",
        "command": "$command", "startupProbe?": {"httpGet?": {"path": "$health"}}}]}})",
              {{"mode", input.contains("instances") ? Json("MANUAL") : Json()},
               {"instances", input.value("instances", Json())},
               {"image", *image},
               {"env", env_list(object_at(input, "env"))},
               {"ports", input.contains("port") ? ports : Json()},
               {"command", command.empty() ? Json() : Json({"/bin/sh", "-c", command})},
               {"health", health.empty() ? Json() : Json(health)}});
}

// ---- answers

std::string service_state(const Json& service) {
  if (text_at(service, "/scaling/scalingMode") == "MANUAL" &&
      int_at(service, "/scaling/manualInstanceCount") == 0) {
    return "suspended";
  }
  const std::string state = text_at(service, "/terminalCondition/state");
  if (bool_at(service, "/reconciling") || state == "CONDITION_PENDING" ||
      state == "CONDITION_RECONCILING") {
    return "building";
  }
  if (state == "CONDITION_SUCCEEDED") return "live";
  return state == "CONDITION_FAILED" ? "failed" : "unknown";
}

Json read_service(const Json& service) {
  const std::string name = text_at(service, "/name");
  Json view = {{"id", name},
               {"name", name.substr(name.rfind('/') + 1)},
               {"state", service_state(service)},
               {"createdAt", unix_ms_from(text_at(service, "/createTime"))}};
  constexpr std::string_view kBefore = "/locations/";
  if (const auto at = name.find(kBefore); at != std::string::npos) {
    const auto begin = at + kBefore.size();
    view["region"] = name.substr(begin, name.find('/', begin) - begin);
  }
  put_if(view, "url", text_at(service, "/uri"));
  put_if(view, "detail", text_at(service, "/terminalCondition/message").substr(0, 500));
  return view;
}

Json read_operation(const Json& operation) {
  std::string state = "deploying";
  if (bool_at(operation, "/done")) {
    state = at_pointer(operation, "/error").is_object() ? "failed" : "live";
  }
  Json view = {{"id", text_at(operation, "/name")}, {"state", state}};
  put_if(view, "detail", text_at(operation, "/error/message").substr(0, 1000));
  return view;
}

// ---- operations

Task<Result<Json>> verify(Api* api, Json /*input*/) {
  const std::string project = api->setting("project");
  if (project.empty()) {
    co_return fail(ErrorCode::kInvalidInput, "Which Google Cloud project?",
                   "Give its id, with the Cloud Run Admin API enabled and billing on.", "project");
  }
  ApiRequest request = get(services_path(*api));
  request.query = {{"pageSize", "1"}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"identity", {{"id", project}}}, {"settings", {{"region", region_of(*api)}}}};
}

Task<Result<Json>> list(Api* api, Json /*input*/) {
  ApiRequest request = get(services_path(*api));
  request.query = {{"pageSize", "100"}};
  auto all = co_await api->call_pages(
      std::move(request), "/services", "pageToken",
      [](const ApiAnswer& answer) { return text_at(answer.json, "/nextPageToken"); });
  if (!all) co_return std::unexpected(all.error());
  Json services = Json::array();
  for (const Json& one : *all) services.push_back(read_service(one));
  co_return Json{{"services", services}};
}

Task<Result<Json>> create(Api* api, Json input) {
  const std::string name = string_or(input, "name");
  auto body = service_body(input, region_of(*api));
  if (!body) co_return std::unexpected(body.error());
  ApiRequest request = write("POST", services_path(*api), std::move(*body));
  request.query = {{"serviceId", name}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json service = {{"id", services_path(*api).substr(4) + "/" + name},
                  {"name", name},
                  {"state", "building"},
                  {"region", region_of(*api)}};
  put_if(service, "deployment", text_at(answer->json, "/name"));
  co_return Json{{"service", service}};
}

Task<Result<Json>> get_service(Api* api, Json input) {
  auto answer = co_await api->call(get(named(input, "service")));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"service", read_service(answer->json)}};
}

// Changes what `mask` names of a service as it is now: the etag refuses to overwrite anybody else.
Task<Result<Json>> patch(Api* api, std::string path, std::string mask, Json body) {
  ApiRequest request = write("PATCH", std::move(path), std::move(body));
  request.query = {{"updateMask", std::move(mask)}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return std::move(answer->json);
}

// The service's template, to be changed and given back: {"template": ..., "etag": ...}.
Task<Result<Json>> template_of(Api* api, std::string path) {
  auto answer = co_await api->call(get(std::move(path)));
  if (!answer) co_return std::unexpected(answer.error());
  Json body = {{"template", at_pointer(answer->json, "/template")}};
  put_if(body, "etag", text_at(answer->json, "/etag"));
  if (list_at(body, "/template/containers").empty()) {
    co_return fail(ErrorCode::kInternal, "This Cloud Run service has no container.");
  }
  body["template"].erase("revision");  // Google names the next one
  co_return body;
}

Task<Result<Json>> set_env(Api* api, Json input) {
  auto body = co_await template_of(api, named(input, "service"));
  if (!body) co_return std::unexpected(body.error());
  const Json& set = object_at(input, "set");
  const Json& remove = array_at(input, "remove");
  Json& container = (*body)["template"]["containers"][0];
  Json env = env_list(set);
  for (const Json& one : array_at(container, "env")) {
    const std::string name = string_or(one, "name");
    if (!set.contains(name) && std::ranges::find(remove, Json(name)) == remove.end()) {
      env.push_back(one);
    }
  }
  container["env"] = env;
  auto changed = co_await patch(api, named(input, "service"), "template", std::move(*body));
  if (!changed) co_return std::unexpected(changed.error());
  co_return Json::object();
}

Task<Result<Json>> deploy(Api* api, Json input) {
  auto body = co_await template_of(api, named(input, "service"));
  if (!body) co_return std::unexpected(body.error());
  Json& revision = (*body)["template"];
  if (input.contains("source")) {
    auto image = image_of(object_at(input, "source"));
    if (!image) co_return std::unexpected(image.error());
    revision["containers"][0]["image"] = *image;
  }
  // The same image again is no change, and would make no revision.
  revision["annotations"]["a67-deployed-at"] = rfc3339_from(api->unix_now());
  auto changed = co_await patch(api, named(input, "service"), "template", std::move(*body));
  if (!changed) co_return std::unexpected(changed.error());
  co_return Json{{"deployment", read_operation(*changed)}};
}

Task<Result<Json>> deployment(Api* api, Json input) {
  auto answer = co_await api->call(get(named(input, "deployment")));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_operation(answer->json)}};
}

Task<Result<Json>> rescale(Api* api, std::string path, Json scaling) {
  auto changed = co_await patch(api, std::move(path), "scaling", {{"scaling", std::move(scaling)}});
  if (!changed) co_return std::unexpected(changed.error());
  co_return Json::object();
}

Task<Result<Json>> scale(Api* api, Json input) {
  Json scaling = {{"scalingMode", "MANUAL"}, {"manualInstanceCount", int_or(input, "instances")}};
  return rescale(api, named(input, "service"), std::move(scaling));
}

Task<Result<Json>> suspend(Api* api, Json input) {
  Json scaling = {{"scalingMode", "MANUAL"}, {"manualInstanceCount", 0}};
  return rescale(api, named(input, "service"), std::move(scaling));
}

// Back to what costs nothing while nobody asks.
Task<Result<Json>> resume(Api* api, Json input) {
  return rescale(api, named(input, "service"), {{"scalingMode", "AUTOMATIC"}});
}

Task<Result<Json>> remove(Api* api, Json input) {
  ApiRequest request = write("DELETE", named(input, "service"));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json operation = answer->status == 404 ? Json{{"done", true}} : std::move(answer->json);
  for (int poll = 0; poll < kPollsMax && !bool_at(operation, "/done"); ++poll) {
    co_await api->sleep(kPollEvery);
    auto next = co_await api->call(get("/v2/" + percent_encode(text_at(operation, "/name"), true)));
    if (!next) co_return std::unexpected(next.error());
    operation = std::move(next->json);
  }
  if (const std::string fault = text_at(operation, "/error/message"); !fault.empty()) {
    co_return fail(ErrorCode::kConflict, "Cloud Run could not remove it: " + fault);
  }
  co_return Json::object();
}

// Lines are kept by Cloud Logging, another API of the same project.
Task<Result<Json>> logs(Api* api, Json input) {
  const std::string id = string_or(input, "service");
  std::string filter = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"" +
                       id.substr(id.rfind('/') + 1) + "\"";
  if (input.contains("since"))
    filter += " AND timestamp>=\"" + rfc3339_from(int_or(input, "since")) + "\"";
  ApiRequest request = write("POST", "/v2/entries:list");
  request.host = "logging";
  request.bucket = "logging";
  request.repeat = Repeat::kSafe;
  request.body = fill(R"({"resourceNames": ["$project"], "filter": "$filter",
                          "orderBy": "timestamp desc", "pageSize": "$limit"})",
                      {{"project", "projects/" + api->setting("project")},
                       {"filter", filter},
                       {"limit", std::min<std::int64_t>(int_or(input, "limit", 100), 1000)}});
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json lines = Json::array();
  for (const Json& entry : list_at(answer->json, "/entries")) {
    const std::string text = text_at(entry, "/textPayload", text_at(entry, "/jsonPayload/message"));
    if (text.empty()) continue;
    Json line = {{"at", unix_ms_from(text_at(entry, "/timestamp"))}, {"text", text}};
    put_if(line, "level", text_at(entry, "/severity"));
    lines.push_back(std::move(line));
  }
  co_return Json{{"lines", lines}};
}

constexpr std::array kHosts = {ProviderHost{"api", "https://run.googleapis.com"},
                               ProviderHost{"logging", "https://logging.googleapis.com"},
                               ProviderHost{"monitoring", "https://monitoring.googleapis.com"}};
constexpr std::array kFields = {
    CredentialField{.name = "token",
                    .label = "Access token",
                    .hint = "By Google's sign-in, or `gcloud auth print-access-token`; an hour"},
    CredentialField{
        .name = "project", .label = "Project ID", .secret = false, .hint = "my-project-1"},
    CredentialField{.name = "region",
                    .label = "Region",
                    .secret = false,
                    .required = false,
                    .hint = "us-central1 when left empty"}};
constexpr std::array kCapabilities = {Capability::kComputeImage, Capability::kLogs,
                                      Capability::kMetrics, Capability::kOauth};
constexpr std::array kOperations = {
    Operation{"account.verify", verify},         Operation{"service.list", list},
    Operation{"service.create", create},         Operation{"service.get", get_service},
    Operation{"service.set_env", set_env},       Operation{"service.deploy", deploy},
    Operation{"service.deployment", deployment}, Operation{"service.scale", scale},
    Operation{"service.suspend", suspend},       Operation{"service.resume", resume},
    Operation{"service.remove", remove},         Operation{"service.logs", logs},
    Operation{"service.metrics", metrics},
};
constexpr std::array kErrorMessages = {std::string_view("/error/message")};
constexpr std::array kErrorCodes = {std::string_view("/error/details/0/reason"),
                                    std::string_view("/error/status")};

}  // namespace

extern const Provider kProvider;
const Provider kProvider = {
    .id = "cloudrun",
    .name = "Google Cloud Run",
    .hosts = kHosts,
    .fields = kFields,
    .capabilities = kCapabilities,
    .operations = kOperations,
    .errors = {.messages = kErrorMessages, .codes = kErrorCodes},
    .token_page = "https://console.cloud.google.com/apis/credentials",
    .least_scopes =
        "the roles Cloud Run Admin, Service Account User, Logs Viewer and Monitoring Viewer in the "
        "project",
    .oauth = {.kind = OAuthFlow::Kind::kGoogleToken,
              .authorize_url = "https://accounts.google.com/o/oauth2/v2/auth",
              .scopes = "https://www.googleapis.com/auth/cloud-platform",
              .note = "Register an OAuth client of your own (type: web application) with this "
                      "page's origin. Its consent screen may stay in testing, for yourself only: "
                      "the scope would need Google's verification for others. A token ends after "
                      "an hour, and is asked for anew in a window."},
    .probe_path = "/v2/projects/a67-probe/locations/us-central1/services",
};

}  // namespace a67::cloudrun
