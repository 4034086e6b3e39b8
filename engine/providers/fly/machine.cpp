#include "engine/providers/fly/machine.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/providers/authorize.h"
#include "engine/providers/json_template.h"

namespace a67::fly {
namespace {

constexpr std::int64_t kPortDefault = 8080;
constexpr std::string_view kPlanDefault = "shared-cpu-1x";

// "shared-cpu-2x": kind, processors, and the memory Fly gives to so many when none is named.
Result<Json> guest(const std::string& plan) {
  const auto dash = plan.rfind('-');
  const std::string kind = plan.substr(0, plan.find('-'));
  const std::string count = dash == std::string::npos ? "" : plan.substr(dash + 1);
  const bool is_count = (count.size() == 2 || count.size() == 3) && count.ends_with('x') &&
                        count[0] >= '1' && count[0] <= '9' &&
                        (count.size() == 2 || (count[1] >= '0' && count[1] <= '9'));
  if (!is_count || (kind != "shared" && kind != "performance")) {
    return fail(ErrorCode::kInvalidInput, "Fly.io has no size `" + plan + "`.",
                "Sizes are shared-cpu-1x to -8x and performance-1x to -16x.", "plan");
  }
  int cpus = count[0] - '0';
  if (count.size() == 3) cpus = cpus * 10 + (count[1] - '0');
  return Json{
      {"cpu_kind", kind}, {"cpus", cpus}, {"memory_mb", cpus * (kind == "shared" ? 256 : 2048)}};
}

Json shell(const std::string& command) {
  return command.empty() ? Json() : Json::array({"/bin/sh", "-c", command});
}

Result<Json> files(const Json& source) {
  Json list = Json::array();
  for (const Json& one : array_at(source, "files")) {
    std::string bytes = string_or(one, "text");
    if (one.contains("bytes")) {
      const auto decoded = base64url_decode(string_or(one, "bytes"));
      if (!decoded) {
        return fail(ErrorCode::kInvalidInput, "A file's bytes are not base64url.", "",
                    "source.files");
      }
      bytes.assign(decoded->begin(), decoded->end());
    }
    list.push_back(
        {{"guest_path", "/app/" + string_or(one, "path")}, {"raw_value", base64_encode(bytes)}});
  }
  return list;
}

}  // namespace

Result<void> put_source(Json& config, const Json& source, const std::string& command) {
  const std::string kind = string_or(source, "kind");
  if (kind == "image") {
    config["image"] = source.value("image", "");
    if (!command.empty()) config["init"]["cmd"] = shell(command);
    return {};
  }
  const std::string runtime = string_or(source, "runtime", "node");
  const std::string start = string_or(source, "start");
  if (kind != "files" || start.empty() || (runtime != "node" && runtime != "python")) {
    return fail(ErrorCode::kInvalidInput,
                "Fly.io takes an image, or files for node or python with a start command.",
                "It builds nothing: make an image of larger programs.", "source.kind");
  }
  auto list = files(source);
  if (!list) return std::unexpected(list.error());
  const std::string build = string_or(source, "build");
  config["image"] = runtime == "node" ? "docker.io/library/node:22-slim"  //
                                      : "docker.io/library/python:3.13-slim";
  config["files"] = std::move(*list);
  config["init"]["cmd"] = shell("cd /app && " + (build.empty() ? "" : build + " && ") + start);
  return {};
}

Result<Json> new_config(const Json& input) {
  auto size = guest(string_or(input, "plan", std::string(kPlanDefault)));
  if (!size) return size;
  const std::int64_t port = int_or(input, "port", kPortDefault);
  const std::string health = string_or(input, "healthPath");
  Json checks;
  if (!health.empty()) {
    checks = Json::array({{{"type", "http"},
                           {"method", "GET"},
                           {"path", health},
                           {"interval", "15s"},
                           {"timeout", "5s"}}});
  }
  Json config = fill(R"({"guest": "$guest", "env": {"PORT": "$portText"}, "services": [{
      "protocol": "tcp", "internal_port": "$port", "autostart": true, "autostop": "off",
      "ports": [{"port": 80, "handlers": ["http"], "force_https": true},
                {"port": 443, "handlers": ["tls", "http"]}],
      "checks": "$checks"}]})",
                     {{"guest", std::move(*size)},
                      {"portText", std::to_string(port)},
                      {"port", port},
                      {"checks", checks}});
  if (auto put = put_source(config, object_at(input, "source"), string_or(input, "command")); !put)
    return std::unexpected(put.error());
  return config;
}

std::string machine_state(const std::string& state) {
  if (state == "started") return "live";
  if (state == "failed" || state == "launch_failed") return "failed";
  if (state.starts_with("destroy")) return "";
  const bool stopped = state.starts_with("stop") || state.starts_with("suspend");
  return stopped ? "suspended" : "creating";
}

Json read_service(const std::string& app, const Json& machines) {
  constexpr std::array<std::string_view, 5> kBestFirst = {"live", "creating", "failed", "suspended",
                                                          "incomplete"};
  std::size_t best = kBestFirst.size() - 1;
  std::int64_t count = 0;
  Json view = {{"id", app}, {"name", app}, {"url", "https://" + app + ".fly.dev"}};
  for (const Json& machine : machines) {
    const std::string state = machine_state(text_at(machine, "/state"));
    if (state.empty()) continue;
    ++count;
    best = std::min<std::size_t>(
        best, static_cast<std::size_t>(std::ranges::find(kBestFirst, state) - kBestFirst.begin()));
    view["detail"] = text_at(machine, "/state");
    put_if(view, "region", text_at(machine, "/region"));
    const std::int64_t at = unix_ms_from(text_at(machine, "/created_at"));
    if (at > 0) view["createdAt"] = std::min(at, int_or(view, "createdAt", at));
  }
  view["state"] = kBestFirst[best];
  view["instances"] = count;
  return view;
}

std::string deployment_id(const Json& machine) {
  return text_at(machine, "/id") + "." + text_at(machine, "/instance_id");
}

Json read_deployment(const Json& machine) {
  const std::string word = text_at(machine, "/state");
  const std::string state = machine_state(word);
  Json view = {{"id", deployment_id(machine)},
               {"state", state == "failed"                          ? "failed"
                         : state == "creating" && word == "created" ? "queued"
                         : state == "creating"                      ? "deploying"
                         : state.empty()                            ? "cancelled"
                                                                    : "live"},
               {"detail", word}};
  put_if(view, "createdAt", unix_ms_from(text_at(machine, "/updated_at")));
  return view;
}

}  // namespace a67::fly
