// A fake of Vercel's API, openapi.vercel.sh.
#include <algorithm>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::vercel {
namespace {

constexpr const char* kToken = "vcpFakeTokenOfVercel0123456789";
constexpr const char* kTeam = "team_000001";

// Parts of every answer that nobody reads.
Json project_rest() {
  return Json::parse(R"({"accountId": "team_000001", "directoryListing": false,
    "nodeVersion": "22.x", "resourceConfig": {"functionDefaultRegions": ["iad1"]},
    "defaultResourceConfig": {"functionDefaultRegions": ["iad1"]}})");
}

Json deployment_rest() {
  return Json::parse(R"({"build": {"env": []}, "env": [], "inspectorUrl": null,
    "isInConcurrentBuildsQueue": false, "isInSystemBuildsQueue": false, "projectSettings": {},
    "aliasAssigned": true, "bootedAt": 1, "buildingAt": 1, "buildSkipped": false,
    "creator": {"uid": "user_1"}, "public": false, "type": "LAMBDAS", "meta": {}, "regions": [],
    "version": 2, "ownerId": "team_000001", "plan": "hobby", "routes": null, "createdIn": "iad1"})");
}

class Fake final : public FakeProvider {
 public:
  Fake() {
    account_routes();
    route("GET", "api", "/v10/projects", [this](const FakeRequest& r) { return list(r); });
    route("POST", "api", "/v11/projects", [this](const FakeRequest& r) { return create(r); });
    route("POST", "api", "/v13/deployments", [this](const FakeRequest& r) { return deploy(r); });
    route("GET", "api", "/v13/deployments/{id}", [this](const FakeRequest& r) {
      for (const Project& one : projects_) {
        for (const Deployment& d : one.deployments) {
          if (d.id == r.parts[0]) return FakeAnswer{.json = view(one, d, r.now)};
        }
      }
      return refusal(404, "The deployment could not be found");
    });
    route("GET", "api", "/v6/deployments", [this](const FakeRequest& r) { return newest(r); });
    route("GET", "api", "/v3/deployments/{id}/events",
          [](const FakeRequest& r) { return events(r); });
    route("GET", "api", "/v6/domains/{domain}/config", [](const FakeRequest&) {
      return FakeAnswer{.json = Json::parse(R"({"configuredBy": null, "acceptedChallenges": [],
        "recommendedIPv4": [{"rank": 1, "value": ["216.198.79.1"]}],
        "recommendedCNAME": [{"rank": 1, "value": "0a1b.vercel-dns-017.com."}],
        "misconfigured": true})")};
    });
    project_routes();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}},
            .sources = {{"compute.git",
                         {{"kind", "git"},
                          {"repo", "https://github.com/vercel/examples.git"},
                          {"branch", "main"},
                          {"runtime", "nextjs"},
                          {"build", "npm run build"}}}},
            .create = {{"region", "iad1"}}};
  }
  [[nodiscard]] bool is_empty() const override { return projects_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(projects_, name, &Project::name));
  }

 private:
  struct Project {
    std::string id;
    std::string name;
    UnixMs made_at = 0;
    Json repository;
    std::map<std::string, std::string> env;  // key: value; the id is "env-" + key
    std::vector<std::string> domains;
    bool paused = false;
    std::vector<Deployment> deployments;
  };
  using OfProject = FakeAnswer (*)(Project&, const FakeRequest&, Fake&);

  void account_routes() {
    route("GET", "api", "/v2/user", [](const FakeRequest&) {
      return FakeAnswer{.json = Json::parse(R"({"user": {"limited": true, "id": "user_1",
        "email": "ada@example.org", "name": null, "username": "ada", "avatar": null,
        "defaultTeamId": "team_000001"}})")};
    });
    route("GET", "api", "/v2/teams", [](const FakeRequest&) {
      return FakeAnswer{.json = Json::parse(R"({"teams": [{"limited": true, "limitedBy": ["scope"],
        "id": "team_000001", "slug": "adas-projects", "name": "Ada's projects", "avatar": null,
        "membership": {"confirmed": true, "role": "OWNER", "createdAt": 1,
        "created": 1}, "createdAt": 1}], "pagination": {"count": 1, "next": null, "prev": null}})")};
    });
    route("GET", "api", "/v5/user/tokens/current", [this](const FakeRequest&) {
      Json token = Json::parse(R"({"id": "tok_0", "name": "a67",
        "type": "token", "scopes": [{"type": "team", "teamId": "team_000001", "createdAt": 1}],
        "expiresAt": 1800000000000, "activeAt": 1, "createdAt": 1})");
      if (has_wide_token()) token["scopes"] = Json::array({{{"type", "user"}, {"createdAt", 1}}});
      return FakeAnswer{.json = {{"token", std::move(token)}}};
    });
    route("POST", "api", "/v3/user/tokens", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "expiresAt"})) return *odd;
      tokens_.push_back(make_id("tok_"));
      accept_token(tokens_.back(), "vcp" + tokens_.back());
      Json token = {{"id", tokens_.back()},
                    {"name", r.json["name"]},
                    {"type", "token"},
                    {"activeAt", r.now},
                    {"createdAt", r.now}};
      return FakeAnswer{.json = {{"token", token}, {"bearerToken", "vcp" + tokens_.back()}}};
    });
    route("DELETE", "api", "/v3/user/tokens/{id}", [this](const FakeRequest& r) {
      end_token(r.parts[0]);
      if (std::erase(tokens_, r.parts[0]) == 0) return refusal(404, "Token not found");
      return FakeAnswer{.json = {{"tokenId", r.parts[0]}}};
    });
  }

  void project_routes() {
    of_project("GET", "v9", "", [](Project& p, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(p, r.now)};
    });
    of_project("DELETE", "v9", "", [](Project& p, const FakeRequest&, Fake& f) {
      const std::string id = p.id;
      std::erase_if(f.projects_, [&](const Project& one) { return one.id == id; });
      return FakeAnswer{.status = 204};
    });
    of_project("POST", "v1", "/pause", [](Project& p, const FakeRequest&, Fake&) {
      p.paused = true;
      return FakeAnswer{};
    });
    of_project("POST", "v1", "/unpause", [](Project& p, const FakeRequest&, Fake&) {
      p.paused = false;
      return FakeAnswer{};
    });
    of_project("POST", "v10", "/env",
               [](Project& p, const FakeRequest& r, Fake& f) { return f.set_env(p, r); });
    of_project("GET", "v10", "/env", [](Project& p, const FakeRequest&, Fake&) {
      Json all = Json::array();
      for (const auto& [key, value] : p.env) all.push_back(env_view(key, value));
      return FakeAnswer{.json = {{"envs", all}}};
    });
    of_project("DELETE", "v9", "/env/{env}", [](Project& p, const FakeRequest& r, Fake& f) {
      const std::string key = r.parts[1].substr(std::min<std::size_t>(4, r.parts[1].size()));
      if (p.env.erase(key) == 0) return f.refusal(404, "The variable could not be found");
      return FakeAnswer{.json = env_view(key, "")};
    });
    of_project("POST", "v10", "/domains",
               [](Project& p, const FakeRequest& r, Fake& f) { return f.add_domain(p, r); });
    of_project("DELETE", "v9", "/domains/{name}", [](Project& p, const FakeRequest& r, Fake& f) {
      return std::erase(p.domains, r.parts[1]) == 0 ? f.refusal(404, "no such domain")
                                                    : FakeAnswer{.json = Json::object()};
    });
  }

  void of_project(std::string method, const std::string& version, const std::string& rest,
                  OfProject handler) {
    route(std::move(method), "api", "/" + version + "/projects/{id}" + rest,
          [this, handler](const FakeRequest& r) {
            if (r.param("teamId") != kTeam) return refusal(403, "You don't have permission");
            Project* found = find(r.parts[0]);
            return found == nullptr ? refusal(404, "Project not found") : handler(*found, r, *this);
          });
  }

  Project* find(const std::string& id_or_name) {
    const auto found = std::ranges::find_if(projects_, [&](const Project& one) {
      return one.id == id_or_name || one.name == id_or_name;
    });
    return found == projects_.end() ? nullptr : &*found;
  }

  // A wrong token is answered with 403 and `invalidToken`, not with 401.
  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    Json error = {{"code", status == 404 ? "not_found" : "bad_request"}, {"message", message}};
    if (status == 401) {
      error = {{"code", "forbidden"}, {"message", "Not authorized"}, {"invalidToken", true}};
    }
    return {.status = status == 401 ? 403 : status, .json = {{"error", error}}};
  }

  [[nodiscard]] static Json env_view(const std::string& key, const std::string& value) {
    return {{"id", "env-" + key},
            {"key", key},
            {"value", value},
            {"type", "encrypted"},
            {"target", {"production", "preview"}}};
  }

  [[nodiscard]] const char* word(const Deployment& d, UnixMs now) const {
    switch (phase_of(d, now)) {
      case Phase::kQueued:
        return "QUEUED";
      case Phase::kBuilding:
        return "INITIALIZING";
      case Phase::kDeploying:
        return "BUILDING";
      case Phase::kLive:
        return "READY";
      default:
        return "ERROR";
    }
  }

  [[nodiscard]] Json view(const Project& p, UnixMs now) const {
    Json project = project_rest();
    project.update(
        {{"id", p.id}, {"name", p.name}, {"createdAt", p.made_at}, {"paused", p.paused}});
    if (!p.repository.is_null()) {
      const std::string path = p.repository["repo"];
      project["link"] = {{"type", p.repository["type"]},
                         {"org", path.substr(0, path.find('/'))},
                         {"repo", path.substr(path.find('/') + 1)},
                         {"repoId", 4711},
                         {"deployHooks", Json::array()},
                         {"gitCredentialId", "cred_1"},
                         {"productionBranch", "main"}};
    }
    project["latestDeployments"] = Json::array();
    if (!p.deployments.empty()) {
      const Deployment& d = p.deployments.back();
      Json creator = {{"email", "ada@example.org"}, {"uid", "user_1"}, {"username", "ada"}};
      project["latestDeployments"].push_back({{"id", d.id},
                                              {"alias", {p.name + ".vercel.app"}},
                                              {"createdAt", d.at},
                                              {"createdIn", "iad1"},
                                              {"creator", creator},
                                              {"deploymentHostname", p.name + "-" + d.id},
                                              {"name", p.name},
                                              {"plan", "hobby"},
                                              {"private", false},
                                              {"readyState", word(d, now)},
                                              {"type", "LAMBDAS"},
                                              {"url", d.id + ".vercel.app"},
                                              {"userId", "user_1"}});
    }
    return project;
  }

  [[nodiscard]] Json view(const Project& p, const Deployment& d, UnixMs now) const {
    Json deployment = deployment_rest();
    deployment.update({{"id", d.id},
                       {"name", p.name},
                       {"projectId", p.id},
                       {"alias", {p.name + ".vercel.app"}},
                       {"createdAt", d.at},
                       {"status", word(d, now)},
                       {"readyState", word(d, now)},
                       {"url", d.id + ".vercel.app"}});
    if (phase_of(d, now) == Phase::kFailed) deployment["errorMessage"] = "Build failed";
    return deployment;
  }

  FakeAnswer list(const FakeRequest& r) {
    if (r.param("teamId") != kTeam) return refusal(403, "You don't have permission");
    const std::size_t size =
        page_size(r.param("limit").empty() ? 20 : std::stoul(r.param("limit")));
    const std::size_t begin = r.param("from").empty() ? 0 : std::stoul(r.param("from"));
    Json page = Json::array();
    std::size_t at = begin;
    for (; at < projects_.size() && page.size() < size; ++at) {
      page.push_back(view(projects_[at], r.now));
    }
    Json next = at < projects_.size() ? Json(std::to_string(at)) : Json();
    return {.json = {{"pagination", {{"count", page.size()}, {"next", next}}}, {"projects", page}}};
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(
            r.json, {"name", "gitRepository", "framework", "buildCommand", "rootDirectory",
                     "serverlessFunctionRegion", "environmentVariables"})) {
      return *odd;
    }
    const std::string name = r.json["name"];
    if (find(name) != nullptr) return refusal(409, "A project with that name already exists");
    Project made{.id = make_id("prj_"), .name = name, .made_at = r.now};
    if (r.json.contains("gitRepository")) {
      if (auto odd = unknown_field(r.json["gitRepository"], {"type", "repo"})) return *odd;
      made.repository = r.json["gitRepository"];
    }
    if (auto odd = put_env(made, r.json.value("environmentVariables", Json::array()))) return *odd;
    projects_.push_back(made);
    return {.json = view(made, r.now)};
  }

  std::optional<FakeAnswer> put_env(Project& p, const Json& list) {
    for (const Json& one : list) {
      if (auto odd = unknown_field(one, {"key", "value", "type", "target"})) return odd;
      p.env[one["key"]] = one["value"];
    }
    return std::nullopt;
  }

  FakeAnswer set_env(Project& p, const FakeRequest& r) {
    for (const Json& one : r.json) {
      if (r.param("upsert") != "true" && p.env.contains(one["key"])) {
        return refusal(403, "The variable already exists");
      }
    }
    if (auto odd = put_env(p, r.json)) return *odd;
    Json created = Json::array();
    for (const Json& one : r.json) created.push_back(env_view(one["key"], ""));
    return {.status = 201, .json = {{"created", created}, {"failed", Json::array()}}};
  }

  FakeAnswer deploy(const FakeRequest& r) {
    if (r.param("teamId") != kTeam) return refusal(403, "You don't have permission");
    if (auto odd = unknown_field(r.json, {"name", "project", "target", "files", "gitSource"}))
      return *odd;
    Project* project = find(r.json.value("project", ""));
    if (project == nullptr) return refusal(404, "Project not found");
    if (r.json.contains("files") == r.json.contains("gitSource")) {
      return refusal(400, "exactly one of files and gitSource is needed");
    }
    if (r.json.contains("gitSource")) {
      if (auto odd = unknown_field(r.json["gitSource"], {"type", "ref", "repoId"})) return *odd;
      if (r.json["gitSource"].value("repoId", 0) != 4711) return refusal(400, "unknown repository");
    }
    for (const Json& file : r.json.value("files", Json::array())) {
      if (auto odd = unknown_field(file, {"file", "data", "encoding"})) return *odd;
      if (file["encoding"] == "base64" && file["data"].get<std::string>().size() % 4 != 0) {
        return refusal(400, "data is no base64");
      }
    }
    project->deployments.push_back(make_deployment(r.now));
    return {.json = view(*project, project->deployments.back(), r.now)};
  }

  FakeAnswer newest(const FakeRequest& r) {
    const Project* project = find(r.param("projectId"));
    Json all = Json::array();
    if (project != nullptr && !project->deployments.empty()) {
      const Deployment& d = project->deployments.back();
      all.push_back({{"uid", d.id},
                     {"name", project->name},
                     {"projectId", project->id},
                     {"url", d.id + ".vercel.app"},
                     {"created", d.at},
                     {"readyState", word(d, r.now)},
                     {"type", "LAMBDAS"},
                     {"creator", {{"uid", "user_1"}}},
                     {"inspectorUrl", nullptr}});
    }
    Json pagination = {{"count", all.size()}, {"next", nullptr}, {"prev", nullptr}};
    return {.json = {{"pagination", pagination}, {"deployments", all}}};
  }

  static FakeAnswer events(const FakeRequest& r) {
    Json event = {{"type", "stdout"}, {"created", r.now},
                  {"date", r.now},    {"deploymentId", r.parts[0]},
                  {"id", "event-1"},  {"info", {{"type", "build"}, {"name", "bld_1"}}},
                  {"serial", "1"},    {"text", "Cloning github.com/vercel/examples"}};
    return {.json = Json::array({event})};
  }

  FakeAnswer add_domain(Project& p, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name"})) return *odd;
    const std::string name = r.json["name"];
    if (std::ranges::contains(p.domains, name)) return refusal(409, "The domain is in use");
    p.domains.push_back(name);
    Json proof = {{"type", "TXT"},
                  {"domain", "_vercel.example.org"},
                  {"value", "vc-domain-verify=" + name + ",0a1b"},
                  {"reason", "pending_domain_verification"}};
    return {.json = {{"name", name},
                     {"apexName", "example.org"},
                     {"projectId", p.id},
                     {"verified", false},
                     {"verification", Json::array({proof})}}};
  }

  std::vector<Project> projects_;
  std::vector<std::string> tokens_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::vercel
