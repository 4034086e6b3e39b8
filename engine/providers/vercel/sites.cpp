// Static sites at Vercel: projects without a repository, published from files in one request.
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/authorize.h"
#include "engine/providers/vercel/project.h"

namespace a67::vercel {
namespace {

Json read_site(const Json& project) {
  const bool deployed = !list_at(project, "/latestDeployments").empty();
  Json view = {{"id", text_at(project, "/id")},
               {"name", text_at(project, "/name")},
               {"state", deployed ? "live" : "empty"}};
  if (bool_at(project, "/paused")) view["state"] = "suspended";
  put_if(view, "url", url_of(project));
  put_if(view, "createdAt", at_pointer(project, "/createdAt"));
  return view;
}

Result<Json> inlined(const Json& files) {
  Json list = Json::array();
  for (const Json& file : files) {
    std::string path = string_or(file, "path");
    path.erase(0, path.find_first_not_of('/'));
    Json entry = {{"file", path}, {"encoding", "utf-8"}, {"data", string_or(file, "text")}};
    if (file.contains("bytes")) {
      const auto bytes = base64url_decode(string_or(file, "bytes"));
      if (!bytes) {
        return fail(ErrorCode::kInvalidInput, "The file `" + path + "` is no base64url.", {},
                    "files");
      }
      entry["encoding"] = "base64";
      entry["data"] = base64_encode(std::string(bytes->begin(), bytes->end()));
    }
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

Task<Result<Json>> list_sites(Api* api, Json /*input*/) {
  auto all = co_await projects(api);
  if (!all) co_return std::unexpected(all.error());
  Json sites = Json::array();
  for (const Json& one : *all) {
    if (!is_linked(one)) sites.push_back(read_site(one));
  }
  co_return Json{{"sites", sites}};
}

Task<Result<Json>> create_site(Api* api, Json input) {
  auto answer = co_await api->call(write(*api, "POST", "/v11/projects", {{"name", input["name"]}}));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json{{"site", read_site(answer->json)}};
}

Task<Result<Json>> deploy_site(Api* api, Json input) {
  auto files = inlined(array_at(input, "files"));
  if (!files) co_return std::unexpected(files.error());
  auto project = co_await project_named(api, string_or(input, "site"));
  if (!project) co_return std::unexpected(project.error());
  co_return co_await post_deployment(api, {{"name", text_at(*project, "/name")},
                                           {"project", text_at(*project, "/id")},
                                           {"target", "production"},
                                           {"files", std::move(*files)}});
}

Task<Result<Json>> remove_site(Api* api, Json input) {
  ApiRequest request = write(*api, "DELETE", project_path("v9", string_or(input, "site")));
  request.expected = {404};
  return act(api, std::move(request));
}

Task<Result<Json>> add_site_domain(Api* api, Json input) {
  return add_domain_to(api, string_or(input, "site"), string_or(input, "domain"));
}

}  // namespace a67::vercel
