// Pages: a project is a site. Files go by direct upload, as Wrangler does it: those that Cloudflare
// has are not sent again, and the deployment names each by its hash.
#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "engine/base/encoding.h"
#include "engine/base/media_type.h"
#include "engine/providers/authorize.h"
#include "engine/providers/cloudflare/blake3.h"
#include "engine/providers/cloudflare/cloudflare.h"
#include "engine/providers/cloudflare/form.h"
#include "engine/providers/content.h"

namespace a67::cloudflare {
namespace {

constexpr const char* kBranch = "main";
constexpr std::size_t kHashChars = 32;
constexpr std::size_t kBatchBytes = std::size_t{8} << 20;
// Settings of a deployment, and no files of the site.
constexpr std::array<std::string_view, 4> kSettings = {"_headers", "_redirects", "_routes.json",
                                                       "_worker.js"};

struct Asset {
  std::string hash;
  std::string base64;
  std::string_view type;
};

struct Upload {
  Json manifest = Json::object();
  std::vector<Asset> assets;
  std::vector<FormPart> settings;
};

std::string project_path(const Json& input, std::string_view key = "site") {
  return fill_path("/pages/projects/{name}", {{"name", string_or(input, key)}});
}

// Without its dot; none for a name that begins with its only one.
std::string_view extension_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  const auto dot = path.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : path.substr(dot + 1);
}

Result<std::string> content_of(const Json& file) {
  if (!file.contains("bytes")) return string_or(file, "text");
  const auto bytes = base64url_decode(string_or(file, "bytes"));
  if (!bytes) return fail(ErrorCode::kInvalidInput, "`bytes` is not base64url.", {}, "files");
  return std::string(bytes->begin(), bytes->end());
}

Result<Upload> upload_of(const Json& files) {
  Upload upload;
  for (const Json& file : files) {
    const std::string path = string_or(file, "path");
    auto content = content_of(file);
    if (!content) return std::unexpected(content.error());
    if (std::ranges::contains(kSettings, path)) {
      upload.settings.push_back({.name = path,
                                 .content = std::move(*content),
                                 .type = "application/octet-stream",
                                 .filename = path});
      continue;
    }
    Asset asset{.hash = {}, .base64 = base64_encode(*content), .type = media_type_of(path)};
    // As Wrangler's packages/wrangler/src/pages/hash.ts does it.
    const std::string extension(extension_of(path));
    asset.hash = hex_encode(blake3(asset.base64 + extension)).substr(0, kHashChars);
    upload.manifest["/" + path] = asset.hash;
    upload.assets.push_back(std::move(asset));
  }
  return upload;
}

Json read_project(const Json& project) {
  Json view = {{"id", text_at(project, "/name")},
               {"name", text_at(project, "/name")},
               {"state", at_pointer(project, "/latest_deployment").is_null() ? "empty" : "live"},
               {"createdAt", unix_ms_from(text_at(project, "/created_on"))}};
  if (const std::string host = text_at(project, "/subdomain"); !host.empty()) {
    view["url"] = "https://" + host;
  }
  return view;
}

Json read_deployment(const Json& deployment) {
  const std::string stage = text_at(deployment, "/latest_stage/name");
  const std::string status = text_at(deployment, "/latest_stage/status");
  std::string state = stage == "deploy" ? "deploying" : "building";
  if (status == "failure") state = "failed";
  if (status == "canceled" || status == "skipped") state = "cancelled";
  if (status == "success" && stage == "deploy") state = "live";
  if (status == "idle" || stage == "queued") state = "queued";
  Json view = {{"id", text_at(deployment, "/id")},
               {"state", state},
               {"createdAt", unix_ms_from(text_at(deployment, "/created_on"))}};
  put_if(view, "url", text_at(deployment, "/url"));
  if (state == "failed") view["detail"] = "It failed at the stage `" + stage + "`.";
  return view;
}

// To the store of files, with a token of its own for a few minutes.
ApiRequest assets_request(std::string_view what, Json body) {
  ApiRequest request{.method = "POST",
                     .path = "/client/v4/pages/assets/" + std::string(what),
                     .body = std::move(body),
                     .auth_field = "pages",
                     .repeat = Repeat::kSafe};
  request.timeout = kTransferTimeout;
  return request;
}

Task<Result<void>> send_missing(Api* api, const Upload* upload, Json missing) {
  std::set<std::string> wanted;
  for (const Json& hash : missing) {
    if (hash.is_string()) wanted.insert(hash.get<std::string>());
  }
  Json batch = Json::array();
  std::size_t bytes = 0;
  for (std::size_t at = 0; at <= upload->assets.size(); ++at) {
    const bool end = at == upload->assets.size();
    if (!batch.empty() && (end || bytes + upload->assets[at].base64.size() > kBatchBytes)) {
      auto sent = co_await api->call(assets_request("upload", std::exchange(batch, Json::array())));
      if (!sent) co_return std::unexpected(sent.error());
      bytes = 0;
    }
    if (end || wanted.erase(upload->assets[at].hash) == 0) continue;
    const Asset& asset = upload->assets[at];
    bytes += asset.base64.size();
    batch.push_back({{"key", asset.hash},
                     {"value", asset.base64},
                     {"metadata", {{"contentType", asset.type}}},
                     {"base64", true}});
  }
  co_return Result<void>{};
}

}  // namespace

// Pages are numbered, and who counts them does not always say how many there are.
Task<Result<Json>> list_sites(Api* api, Json /*input*/) {
  Json sites = Json::array();
  for (std::uint32_t page = 1; page <= Api::kPagesMax; ++page) {
    ApiRequest request = account_request(*api, "GET", "/pages/projects");
    request.query = {{"page", std::to_string(page)}, {"per_page", "10"}};
    auto answer = co_await api->call(std::move(request));
    if (!answer) co_return std::unexpected(answer.error());
    const Json& found = list_at(answer->json, "/result");
    if (found.empty()) co_return Json{{"sites", sites}};
    for (const Json& one : found) sites.push_back(read_project(one));
  }
  co_return fail(ErrorCode::kTooLarge, "This Cloudflare account has too many sites to list.");
}

Task<Result<Json>> create_site(Api* api, Json input) {
  ApiRequest request = account_request(*api, "POST", "/pages/projects");
  request.body = {{"name", input["name"]}, {"production_branch", kBranch}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"site", read_project(at_pointer(answer->json, "/result"))}};
}

Task<Result<Json>> deploy_site(Api* api, Json input) {
  auto upload = upload_of(array_at(input, "files"));
  if (!upload) co_return std::unexpected(upload.error());
  auto token =
      co_await api->call(account_request(*api, "GET", project_path(input) + "/upload-token"));
  if (!token) co_return std::unexpected(token.error());
  api->learn("pages", Sensitive<std::string>(text_at(token->json, "/result/jwt")));

  Json hashes = Json::array();
  for (const Asset& asset : upload->assets) hashes.push_back(asset.hash);
  const Json all = {{"hashes", hashes}};
  auto missing = co_await api->call(assets_request("check-missing", all));
  if (!missing) co_return std::unexpected(missing.error());
  auto sent = co_await send_missing(api, &*upload, list_at(missing->json, "/result"));
  if (!sent) co_return std::unexpected(sent.error());
  // So that they are known the next time; without it they are only sent again.
  co_await api->call(assets_request("upsert-hashes", all));

  ApiRequest request = account_request(*api, "POST", project_path(input) + "/deployments");
  upload->settings.push_back({.name = "manifest", .content = dump_json(upload->manifest)});
  upload->settings.push_back({.name = "branch", .content = kBranch});
  set_form(request, upload->settings);
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(at_pointer(answer->json, "/result"))}};
}

Task<Result<Json>> site_deployment(Api* api, Json input) {
  const std::string path = project_path(input) +
                           fill_path("/deployments/{id}", {{"id", string_or(input, "deployment")}});
  auto answer = co_await api->call(account_request(*api, "GET", path));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"deployment", read_deployment(at_pointer(answer->json, "/result"))}};
}

Task<Result<Json>> remove_site(Api* api, Json input) {
  ApiRequest request = account_request(*api, "DELETE", project_path(input));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

Task<Result<Json>> add_site_domain(Api* api, Json input) {
  const std::string domain = string_or(input, "domain");
  auto project = co_await api->call(account_request(*api, "GET", project_path(input)));
  if (!project) co_return std::unexpected(project.error());
  ApiRequest request = account_request(*api, "POST", project_path(input) + "/domains");
  request.body = {{"name", domain}};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  Json records = Json::array();
  records.push_back({{"type", "CNAME"},
                     {"name", domain},
                     {"value", text_at(project->json, "/result/subdomain")}});
  co_return Json{{"records", records}};
}

}  // namespace a67::cloudflare
