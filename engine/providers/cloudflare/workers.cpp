// Workers: a module is uploaded as a multipart form (RFC 7578), then switched on at workers.dev.
#include <algorithm>
#include <utility>

#include "engine/providers/cloudflare/cloudflare.h"
#include "engine/providers/cloudflare/form.h"

namespace a67::cloudflare {
namespace {

// What the runtime may rely on: any day that is past will do.
constexpr std::string_view kCompatibilityDate = "2025-10-01";

std::string script_path(const std::string& name, std::string_view rest = {}) {
  return fill_path("/workers/scripts/{name}", {{"name", name}}) + std::string(rest);
}

// As secrets: the API does not give their values back.
Json bindings_of(const Json& env) {
  Json list = Json::array();
  for (const auto& [name, value] : env.items()) {
    list.push_back({{"type", "secret_text"}, {"name", name}, {"text", value}});
  }
  return list;
}

ApiRequest upload(const Api& api, const Json& input) {
  const Json metadata =
      fill(R"({"main_module": "main.js", "compatibility_date": "$date", "bindings": "$bindings"})",
           {{"date", kCompatibilityDate}, {"bindings", bindings_of(object_at(input, "env"))}});
  ApiRequest request = account_request(api, "PUT", script_path(string_or(input, "name")));
  set_form(request,
           {{.name = "metadata", .content = dump_json(metadata), .type = "application/json"},
            {.name = "main.js",
             .content = string_or(input, "code"),
             .type = "application/javascript+module",
             .filename = "main.js"}});
  return request;
}

Json read_script(const Json& script) {
  Json view = {{"id", text_at(script, "/id")}, {"name", text_at(script, "/id")}, {"state", "live"}};
  put_if(view, "createdAt", unix_ms_from(text_at(script, "/created_on")));
  return view;
}

// The account's own name at workers.dev; empty when it has chosen none.
Task<Result<std::string>> subdomain(Api* api) {
  ApiRequest request = account_request(*api, "GET", "/workers/subdomain");
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return text_at(answer->json, "/result/subdomain");
}

}  // namespace

Task<Result<Json>> list_functions(Api* api, Json /*input*/) {
  auto answer = co_await api->call(account_request(*api, "GET", "/workers/scripts"));
  if (!answer) co_return std::unexpected(answer.error());
  Json functions = Json::array();
  for (const Json& one : list_at(answer->json, "/result")) functions.push_back(read_script(one));
  co_return Json{{"functions", functions}};
}

Task<Result<Json>> create_function(Api* api, Json input) {
  auto answer = co_await api->call(upload(*api, input));
  if (!answer) co_return std::unexpected(answer.error());
  ApiRequest request =
      account_request(*api, "POST", script_path(string_or(input, "name"), "/subdomain"));
  request.body = {{"enabled", true}};
  request.repeat = Repeat::kSafe;
  auto enabled = co_await api->call(std::move(request));
  if (!enabled) co_return std::unexpected(enabled.error());
  co_return Json{{"function", read_script(at_pointer(answer->json, "/result"))}};
}

Task<Result<Json>> get_function(Api* api, Json input) {
  const std::string name = string_or(input, "function");
  auto answer = co_await api->call(account_request(*api, "GET", script_path(name, "/subdomain")));
  if (!answer) co_return std::unexpected(answer.error());
  Json function = {{"id", name}, {"name", name}, {"state", "live"}};
  if (!bool_at(answer->json, "/result/enabled")) {
    function["detail"] = "It is not switched on at workers.dev.";
    co_return Json{{"function", function}};
  }
  auto own = co_await subdomain(api);
  if (!own) co_return std::unexpected(own.error());
  if (own->empty()) {
    function["detail"] = "Choose a workers.dev subdomain in Cloudflare's dashboard.";
  } else {
    function["url"] = "https://" + name + "." + *own + ".workers.dev";
  }
  co_return Json{{"function", function}};
}

Task<Result<Json>> remove_function(Api* api, Json input) {
  ApiRequest request = account_request(*api, "DELETE", script_path(string_or(input, "function")));
  request.expected = {404};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  co_return Json::object();
}

}  // namespace a67::cloudflare
