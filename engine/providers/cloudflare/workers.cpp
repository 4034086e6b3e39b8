// Workers: a module is uploaded as a multipart form (RFC 7578), then switched on at workers.dev.
#include <algorithm>
#include <utility>

#include "engine/providers/cloudflare/cloudflare.h"

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

// A text that is not within `content`.
std::string boundary_for(std::string_view content) {
  std::string boundary = "a67-part";
  for (int number = 0; content.contains(boundary); ++number) {
    boundary = "a67-part-" + std::to_string(number);
  }
  return boundary;
}

ApiRequest upload(const Api& api, const Json& input) {
  const std::string metadata =
      fill(R"({"main_module": "main.js", "compatibility_date": "$date",
                                        "bindings": "$bindings"})",
           {{"date", kCompatibilityDate}, {"bindings", bindings_of(object_at(input, "env"))}})
          .dump();
  const std::string code = string_or(input, "code");
  const std::string boundary = boundary_for(metadata + code);
  ApiRequest request = account_request(api, "PUT", script_path(string_or(input, "name")));
  request.content_type = "multipart/form-data; boundary=" + boundary;
  request.bytes = "--" + boundary +
                  "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n"
                  "Content-Type: application/json\r\n\r\n" +
                  metadata + "\r\n--" + boundary +
                  "\r\nContent-Disposition: form-data; name=\"main.js\"; filename=\"main.js\"\r\n"
                  "Content-Type: application/javascript+module\r\n\r\n" +
                  code + "\r\n--" + boundary + "--\r\n";
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
