// A fake of Koyeb's API, api.prod.koyeb.com/public.swagger.json.
#include <algorithm>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::koyeb {
namespace {

constexpr const char* kToken = "fakeTokenOfKoyeb0123456789abcdefghij";
constexpr const char* kOrganization = "org-000001";

std::string stamp(UnixMs at) { return date(at, ".123456"); }

struct App {
  std::string id;
  std::string name;
  UnixMs made_at = 0;
  std::map<std::string, std::string> domains;  // id by name
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/v1/account/organization", [](const FakeRequest&) {
      return FakeAnswer{
          .json = {{"organization", {{"id", kOrganization}, {"name", "ada"}, {"plan", "hobby"}}}}};
    });
    route("GET", "api", "/v1/apps", [this](const FakeRequest& r) { return apps(r); });
    route("POST", "api", "/v1/apps", [this](const FakeRequest& r) { return create_app(r); });
    route("GET", "api", "/v1/apps/{id}", [this](const FakeRequest& r) {
      const auto found = std::ranges::find(apps_, r.parts[0], &App::id);
      return found == apps_.end() ? refusal(404, "Application not found")
                                  : FakeAnswer{.json = {{"app", view(*found)}}};
    });
    route("DELETE", "api", "/v1/apps/{id}", [this](const FakeRequest& r) { return remove(r); });
    route("GET", "api", "/v1/services", [this](const FakeRequest& r) { return services(r); });
    route("POST", "api", "/v1/services", [this](const FakeRequest& r) { return create(r); });
    of_service("GET", "", [](Service& s, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = {{"service", f.view(s, r.now)}}};
    });
    of_service("PATCH", "",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.update(s, r); });
    of_service("POST", "/redeploy",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.redeploy(s, r); });
    of_service("POST", "/pause", [](Service& s, const FakeRequest&, Fake&) {
      s.paused = true;
      return FakeAnswer{.json = Json::object()};
    });
    of_service("POST", "/resume", [](Service& s, const FakeRequest& r, Fake& f) {
      if (s.paused) f.add_deployment(s, f.deployments_[s.all.back()].definition, r.now);
      s.paused = false;
      return FakeAnswer{.json = Json::object()};
    });
    route("GET", "api", "/v1/deployments/{id}", [this](const FakeRequest& r) {
      const auto found = deployments_.find(r.parts[0]);
      return found == deployments_.end()
                 ? refusal(404, "Deployment not found")
                 : FakeAnswer{.json = {{"deployment", view(found->second, r.now)}}};
    });
    domains_and_tokens();
    streams();
  }

  [[nodiscard]] Sample sample() const override {
    return {
        .credential = {{"token", kToken}},
        .sources = {{"compute.image", {{"kind", "image"}, {"image", "docker.io/library/nginx:1"}}},
                    {"compute.git",
                     {{"kind", "git"},
                      {"repo", "https://github.com/koyeb/example-expressjs"},
                      {"branch", "main"},
                      {"build", "npm ci"},
                      {"start", "node server.js"}}}},
        .create = {{"region", "fra"}, {"plan", "nano"}, {"port", 3000}, {"healthPath", "/health"}}};
  }
  [[nodiscard]] bool is_empty() const override { return apps_.empty() && credentials_.empty(); }
  // An app with two services for one order counts twice.
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    const auto app = std::ranges::find(apps_, name, &App::name);
    if (app == apps_.end()) return 0;
    const auto count = std::ranges::count_if(
        services_, [&](const Service& s) { return s.app == app->id && !s.deleted; });
    return std::max<std::size_t>(1, static_cast<std::size_t>(count));
  }
  FreePlan::Visit visit(const std::string& name, UnixMs now) override {
    const auto app = std::ranges::find(apps_, name, &App::name);
    for (const Service& one : services_) {
      if (app != apps_.end() && one.app == app->id && plan_.covers(one.id))
        return plan_.visit(one.id, now);
    }
    return {};
  }
  [[nodiscard]] std::vector<FakeService> running() const override {
    std::vector<FakeService> all;
    for (const Service& one : services_) {
      if (one.deleted || one.paused) continue;
      const Json& definition = deployments_.at(one.all.back()).definition;
      FakeService service{.name = one.name};
      for (const App& app : apps_) {
        if (app.id == one.app) {
          service.url = "https://" + view(app)["domains"][0]["name"].get<std::string>();
        }
      }
      for (const Json& variable : definition.value("env", Json::array())) {
        service.env[variable["key"].get<std::string>()] = variable["value"];
      }
      if (definition.contains("docker")) {
        service.source = {{"image", definition["docker"]["image"]}};
      } else {
        const Json buildpack = definition["git"].value("buildpack", Json::object());
        service.source = {{"repo", definition["git"]["repository"]},
                          {"root", definition["git"].value("workdir", "")},
                          {"build", buildpack.value("build_command", "")},
                          {"start", buildpack.value("run_command", "")}};
      }
      all.push_back(std::move(service));
    }
    return all;
  }

 private:
  struct Service {
    std::string id;
    std::string app;
    std::string name;
    UnixMs made_at = 0;
    std::vector<std::string> all;  // deployments, oldest first
    bool paused = false;
    bool deleted = false;
  };
  struct Made {
    Deployment deployment;
    std::string service;
    Json definition;
    bool stashed = false;
  };
  using OfService = FakeAnswer (*)(Service&, const FakeRequest&, Fake&);

  void of_service(std::string method, const std::string& rest, OfService handler) {
    route(std::move(method), "api", "/v1/services/{id}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find(services_, r.parts[0], &Service::id);
            if (found == services_.end()) return refusal(404, "Service not found");
            if (found->deleted && r.method != "GET") return refusal(400, "service is deleted");
            return handler(*found, r, *this);
          });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status,
            .json = {{"status", status}, {"code", "invalid_argument"}, {"message", message}}};
  }

  void domains_and_tokens() {
    route("GET", "api", "/v1/domains", [this](const FakeRequest& r) {
      Json all = Json::array();
      for (const App& app : apps_) {
        if (app.id != r.param("app_ids")) continue;
        for (const auto& [name, id] : app.domains)
          all.push_back({{"id", id}, {"name", name}, {"type", "CUSTOM"}, {"app_id", app.id}});
      }
      return FakeAnswer{
          .json = {{"domains", all}, {"limit", 10}, {"offset", 0}, {"count", all.size()}}};
    });
    route("POST", "api", "/v1/domains", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "type", "app_id"})) return *odd;
      const auto app = std::ranges::find(apps_, r.json.value("app_id", ""), &App::id);
      if (app == apps_.end()) return refusal(400, "no such app");
      const std::string name = r.json["name"];
      if (app->domains.contains(name)) return refusal(400, "domain is taken");
      app->domains[name] = make_id("dom-");
      return FakeAnswer{.json = {{"domain",
                                  {{"id", app->domains[name]},
                                   {"name", name},
                                   {"status", "PENDING"},
                                   {"type", "CUSTOM"},
                                   {"app_id", app->id},
                                   {"intended_cname", app->id + ".cname.koyeb.app"}}}}};
    });
    route("DELETE", "api", "/v1/domains/{id}", [this](const FakeRequest& r) {
      std::size_t count = 0;
      for (App& app : apps_)
        count +=
            std::erase_if(app.domains, [&](const auto& one) { return one.second == r.parts[0]; });
      return count == 0 ? refusal(404, "Domain not found") : FakeAnswer{.json = Json::object()};
    });
    route("POST", "api", "/v1/credentials", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "type", "organization_id"})) return *odd;
      if (r.json.value("organization_id", "") != kOrganization) return refusal(403, "not yours");
      credentials_.push_back(make_id("cred-"));
      accept_token(credentials_.back(), "another" + credentials_.back());
      return FakeAnswer{.json = {{"credential",
                                  {{"id", credentials_.back()},
                                   {"type", "ORGANIZATION"},
                                   {"name", r.json["name"]},
                                   {"token", "another" + credentials_.back()}}}}};
    });
    route("DELETE", "api", "/v1/credentials/{id}", [this](const FakeRequest& r) {
      end_token(r.parts[0]);
      return std::erase(credentials_, r.parts[0]) == 0 ? refusal(404, "Credential not found")
                                                       : FakeAnswer{.json = Json::object()};
    });
  }

  void streams() {
    route("GET", "api", "/v1/streams/logs/query", [this](const FakeRequest& r) {
      if (r.param("service_id").empty()) return refusal(400, "service_id is needed");
      Json line = {{"msg", "listening on 3000"},
                   {"created_at", stamp(r.now)},
                   {"labels", {{"instance_id", "ins-1"}, {"stream", "stdout"}}}};
      return FakeAnswer{
          .json = {{"data", Json::array({line})}, {"pagination", {{"has_more", false}}}}};
    });
    route("GET", "api", "/v1/streams/metrics", [this](const FakeRequest& r) {
      if (r.param("name") != "CPU_TOTAL_PERCENT" && r.param("name") != "MEM_RSS")
        return refusal(400, "no such metric");
      Json sample = {{"timestamp", stamp(r.now)}, {"value", 12.5}};
      Json one = {{"labels", {{"instance_id", "ins-1"}}}, {"samples", Json::array({sample})}};
      return FakeAnswer{.json = {{"metrics", Json::array({one})}}};
    });
    route("GET", "api", "/v1/usages", [](const FakeRequest& r) {
      Json service = {
          {"service_id", "svc-1"},
          {"service_name", "web"},
          {"regions", {{"fra", {{"instances", {{"free", {{"duration_seconds", 3600}}}}}}}}}};
      Json app = {{"app_id", "app-1"}, {"app_name", "web"}, {"services", Json::array({service})}};
      Json period = {{"starting_time", stamp(r.now)},
                     {"ending_time", stamp(r.now)},
                     {"apps", Json::array({app})}};
      return FakeAnswer{
          .json = {
              {"usage", {{"organization_id", kOrganization}, {"periods", {{"2026-11", period}}}}}}};
    });
  }

  [[nodiscard]] static Json view(const App& a) {
    Json domains = Json::array();
    domains.push_back(
        {{"id", "dom-" + a.id}, {"name", a.name + "-ada.koyeb.app"}, {"type", "AUTOASSIGNED"}});
    return {{"id", a.id},
            {"name", a.name},
            {"organization_id", kOrganization},
            {"created_at", stamp(a.made_at)},
            {"status", "HEALTHY"},
            {"domains", domains}};
  }

  [[nodiscard]] Json view(const Service& s, UnixMs now) const {
    std::string status = "STARTING";
    std::string active;
    for (const std::string& id : s.all) {
      const Made& one = deployments_.at(id);
      if (one.stashed) continue;
      const Phase phase = phase_of(one.deployment, now);
      if (phase == Phase::kLive) {
        status = "HEALTHY";
        active = id;
      } else if (phase == Phase::kFailed && active.empty()) {
        status = "UNHEALTHY";
      }
    }
    if (s.paused) status = "PAUSED";
    if (s.deleted) status = "DELETED";
    return {{"id", s.id},
            {"name", s.name},
            {"type", "WEB"},
            {"organization_id", kOrganization},
            {"app_id", s.app},
            {"created_at", stamp(s.made_at)},
            {"status", status},
            {"messages", Json::array()},
            {"version", "1"},
            {"active_deployment_id", active},
            {"latest_deployment_id", s.all.back()}};
  }

  // Of what is live: asleep, or awake.
  [[nodiscard]] const char* word_of(const Made& m, UnixMs now, const char* word) const {
    const bool may_sleep = plan_.covers(m.service) && phase_of(m.deployment, now) == Phase::kLive;
    if (!may_sleep) return word;
    const FreePlan::State state = plan_.state(m.service, now);
    if (state == FreePlan::State::kAsleep) return "SLEEPING";
    return state == FreePlan::State::kWaking ? "STARTING" : word;
  }

  [[nodiscard]] Json view(const Made& m, UnixMs now) const {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "PENDING"},
                                                        {Phase::kBuilding, "PROVISIONING"},
                                                        {Phase::kDeploying, "STARTING"},
                                                        {Phase::kLive, "HEALTHY"},
                                                        {Phase::kFailed, "ERROR"}};
    return {
        {"id", m.deployment.id},
        {"service_id", m.service},
        {"organization_id", kOrganization},
        {"created_at", stamp(m.deployment.at)},
        {"status", m.stashed ? "STASHED" : word_of(m, now, kWords.at(phase_of(m.deployment, now)))},
        {"definition", m.definition},
        {"messages", Json::array()}};
  }

  template <typename List, typename View>
  FakeAnswer page(const FakeRequest& r, const char* key, const List& list, View view_of) const {
    const std::size_t limit =
        page_size(r.param("limit").empty() ? 10 : std::stoul(r.param("limit")));
    const std::size_t begin = r.param("offset").empty() ? 0 : std::stoul(r.param("offset"));
    Json items = Json::array();
    for (std::size_t at = begin; at < list.size() && items.size() < limit; ++at)
      items.push_back(view_of(list[at]));
    const bool more = begin + items.size() < list.size();
    return {.json = {{key, items},
                     {"limit", limit},
                     {"offset", begin},
                     {"count", list.size()},
                     {"has_next", more}}};
  }

  FakeAnswer apps(const FakeRequest& r) {
    std::vector<App> found;
    for (const App& one : apps_) {
      if (r.param("name").empty() || one.name == r.param("name")) found.push_back(one);
    }
    return page(r, "apps", found, [](const App& a) { return view(a); });
  }

  FakeAnswer create_app(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "life_cycle"})) return *odd;
    const std::string name = r.json.value("name", "");
    if (name.empty() || std::ranges::find(apps_, name, &App::name) != apps_.end())
      return refusal(400, "name: An app with this name already exists");
    apps_.push_back({.id = make_id("app-"), .name = name, .made_at = r.now, .domains = {}});
    return {.json = {{"app", view(apps_.back())}}};
  }

  FakeAnswer remove(const FakeRequest& r) {
    if (std::erase_if(apps_, [&](const App& a) { return a.id == r.parts[0]; }) == 0)
      return refusal(404, "Application not found");
    for (Service& s : services_) s.deleted = s.deleted || s.app == r.parts[0];
    return {.json = Json::object()};
  }

  FakeAnswer services(const FakeRequest& r) {
    std::vector<Service> found;
    for (const Service& one : services_) {
      if (!one.deleted) found.push_back(one);
    }
    return page(r, "services", found, [&](const Service& s) { return view(s, r.now); });
  }

  void add_deployment(Service& s, Json definition, UnixMs now) {
    Made made{
        .deployment = make_deployment(now), .service = s.id, .definition = std::move(definition)};
    s.all.push_back(made.deployment.id);
    deployments_[made.deployment.id] = std::move(made);
  }

  [[nodiscard]] std::optional<FakeAnswer> wrong(const Json& definition) const {
    if (auto odd =
            unknown_field(definition, {"name", "type", "regions", "ports", "routes", "scalings",
                                       "instance_types", "health_checks", "env", "docker", "git"}))
      return odd;
    if (definition.contains("docker") == definition.contains("git"))
      return refusal(400, "exactly one source is needed");
    const Json git = definition.value("git", Json::object());
    if (auto odd = unknown_field(
            git, {"repository", "branch", "workdir", "no_deploy_on_push", "buildpack", "docker"}))
      return odd;
    if (git.value("repository", "").find("://") != std::string::npos)
      return refusal(400, "repository must be like github.com/owner/name");
    if (auto odd =
            unknown_field(definition.value("docker", Json::object()), {"image", "command", "args"}))
      return odd;
    for (const Json& one : definition.value("env", Json::array())) {
      if (auto odd = unknown_field(one, {"key", "value"})) return odd;
    }
    return std::nullopt;
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"app_id", "definition"})) return *odd;
    const std::string app = r.json.value("app_id", "");
    if (std::ranges::find(apps_, app, &App::id) == apps_.end()) return refusal(404, "no such app");
    const Json definition = r.json.value("definition", Json());
    if (auto odd = wrong(definition)) return *odd;
    services_.push_back({.id = make_id("svc-"),
                         .app = app,
                         .name = definition.value("name", ""),
                         .made_at = r.now,
                         .all = {}});
    add_deployment(services_.back(), definition, r.now);
    if (definition.contains("instance_types") && definition["instance_types"][0]["type"] == "free")
      plan_.start(services_.back().id, r.now);
    return {.json = {{"service", view(services_.back(), r.now)}}};
  }

  FakeAnswer update(Service& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"definition", "save_only", "skip_build"})) return *odd;
    const Json definition = r.json.value("definition", Json());
    if (auto odd = wrong(definition)) return *odd;
    if (r.json.value("save_only", false)) {
      Made made{.deployment = {.id = make_id("dep-"), .at = r.now},
                .service = s.id,
                .definition = definition,
                .stashed = true};
      s.all.push_back(made.deployment.id);
      deployments_[made.deployment.id] = std::move(made);
    } else {
      add_deployment(s, definition, r.now);
    }
    return {.json = {{"service", view(s, r.now)}}};
  }

  FakeAnswer redeploy(Service& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"skip_build", "use_cache", "sha"})) return *odd;
    const Json definition = deployments_[s.all.back()].definition;
    if (r.json.value("skip_build", false) && definition.contains("docker"))
      return refusal(400, "no previous successful build");
    add_deployment(s, definition, r.now);
    return {.json = {{"deployment", view(deployments_[s.all.back()], r.now)}}};
  }

  std::vector<App> apps_;
  std::vector<Service> services_;
  std::map<std::string, Made> deployments_;
  std::vector<std::string> credentials_;
  FreePlan plan_ = FreePlan::of_card("koyeb");
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::koyeb
