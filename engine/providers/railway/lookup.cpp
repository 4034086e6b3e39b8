#include "engine/providers/railway/lookup.h"

#include <utility>

#include "engine/providers/railway/graphql.h"

namespace a67::railway {
namespace {

constexpr std::string_view kPageSize = "100";

// The nodes of a connection, page by page. `query` takes $after; `at` points to the connection.
Task<Result<Json>> ask_pages(Api* api, std::string query, Json variables, std::string at) {
  Json nodes = Json::array();
  for (std::uint32_t page = 0; page < Api::kPagesMax; ++page) {
    auto data = co_await ask(api, query, variables);
    if (!data) co_return data;
    const Json& connection = at_pointer(*data, at);
    for (const Json& edge : list_at(connection, "/edges"))
      nodes.push_back(at_pointer(edge, "/node"));
    if (!bool_at(connection, "/pageInfo/hasNextPage")) co_return nodes;
    variables["after"] = text_at(connection, "/pageInfo/endCursor");
  }
  co_return fail(ErrorCode::kTooLarge, "Railway has more pages of these than can be read.");
}

std::string page_of(std::string_view arguments, std::string_view fields) {
  return "(" + std::string(arguments) + "first:" + std::string(kPageSize) +
         ",after:$after){edges{node{" + std::string(fields) + "}} pageInfo{hasNextPage endCursor}}";
}

}  // namespace

Task<Result<Json>> find_project(Api* api) {
  auto projects = co_await ask_pages(
      api,
      "query($w:String!,$after:String){projects" +
          page_of("workspaceId:$w,", "id name environments(first:20){edges{node{id name}}}") + "}",
      {{"w", api->setting("workspace")}}, "/projects");
  if (!projects) co_return projects;
  for (const Json& project : *projects) {
    if (text_at(project, "/name") != kProject) continue;
    std::string environment = text_at(project, "/environments/edges/0/node/id");
    for (const Json& edge : list_at(project, "/environments/edges")) {
      if (text_at(edge, "/node/name") == kEnvironment) environment = text_at(edge, "/node/id");
    }
    co_return Json{{"project", text_at(project, "/id")}, {"environment", environment}};
  }
  co_return Json();
}

Task<Result<Json>> instances_of(Api* api, Json place) {
  return ask_pages(api,
                   "query($p:String!,$e:String!,$after:String){environment(id:$e,projectId:$p){"
                   "serviceInstances" +
                       page_of("", kInstanceFields) + "}}",
                   {{"p", place["project"]}, {"e", place["environment"]}},
                   "/environment/serviceInstances");
}

Task<Result<Json>> instance(Api* api, Ids ids) {
  auto data = co_await ask(api,
                           "query($s:String!,$e:String!){serviceInstance(serviceId:$s,"
                           "environmentId:$e){" +
                               std::string(kInstanceFields) + "}}",
                           at_instance(ids));
  if (!data) co_return data;
  co_return at_pointer(*data, "/serviceInstance");
}

Task<Result<Json>> or_gone(Api* api, Ids ids, Error error) {
  if (error.code != ErrorCode::kUnauthorized) co_return std::unexpected(std::move(error));
  auto place = co_await find_project(api);
  if (!place) co_return place;
  if (!place->is_null()) {
    auto all = co_await instances_of(api, *place);
    if (!all) co_return all;
    for (const Json& one : *all) {
      if (text_at(one, "/serviceId") == ids.service) co_return std::unexpected(std::move(error));
    }
  }
  co_return fail(ErrorCode::kNotFound, "Railway has no such service.");
}

}  // namespace a67::railway
