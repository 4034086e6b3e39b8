// A fake of Render's API, api-docs.render.com.
#include <algorithm>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::render {
namespace {

constexpr const char* kToken = "rnd_fakeTokenOfRender0123456789";
// As reported: github.com/cloudy-sky-software/pulumi-render/issues/363.
constexpr const char* kNeedsCard =
    "Payment information is required to complete this request. To add a card, visit "
    "https://dashboard.render.com/billing";
constexpr const char* kOwner = "tea-000001";

struct Service {
  std::string id;
  Json body;
  std::map<std::string, Json> env;
  UnixMs made_at = 0;
  bool suspended = false;
  std::int64_t instances = 1;
  std::vector<std::string> domains;
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/v1/users", [](const FakeRequest&) {
      return FakeAnswer{.json = {{"email", "ada@example.org"}, {"name", "Ada"}}};
    });
    route("GET", "api", "/v1/owners", [](const FakeRequest&) {
      Json owner = {
          {"id", kOwner}, {"name", "Ada's"}, {"email", "ada@example.org"}, {"type", "team"}};
      return FakeAnswer{.json = Json::array({{{"owner", owner}, {"cursor", ""}}})};
    });
    route("GET", "api", "/v1/services", [this](const FakeRequest& r) { return list(r); });
    route("POST", "api", "/v1/services", [this](const FakeRequest& r) { return create(r); });
    of_service("GET", "", [](Service& s, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(s, r.now)};
    });
    of_service("DELETE", "", [](Service& s, const FakeRequest& r, Fake& f) {
      const std::string id = s.id;
      f.plan_.forget(id, r.now);
      std::erase_if(f.services_, [&](const Service& one) { return one.id == id; });
      return FakeAnswer{.status = 204};
    });
    of_service("GET", "/deploys",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.deploys(s, r); });
    of_service("POST", "/deploys",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.deploy(s, r); });
    of_service("GET", "/deploys/{deploy}", [](Service& s, const FakeRequest& r, Fake& f) {
      for (const auto& one : f.deployments_[s.id]) {
        if (one.id == r.parts[1]) return FakeAnswer{.json = f.view(one, r.now)};
      }
      return f.refusal(404, "deploy not found");
    });
    of_service("PUT", "/env-vars/{key}",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.set_env(s, r); });
    of_service("DELETE", "/env-vars/{key}", [](Service& s, const FakeRequest& r, Fake& f) {
      return s.env.erase(r.parts[1]) == 0 ? f.refusal(404, "env var not found")
                                          : FakeAnswer{.status = 204};
    });
    of_service("POST", "/scale", [](Service& s, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"numInstances"})) return *odd;
      if (s.body["serviceDetails"].value("plan", "starter") == "free" &&
          r.json["numInstances"] != 1) {
        return f.refusal(402, "the free instance type runs one instance");
      }
      s.instances = r.json["numInstances"];
      return FakeAnswer{.status = 202};
    });
    of_service("POST", "/restart",
               [](Service&, const FakeRequest&, Fake&) { return FakeAnswer{.status = 200}; });
    of_service("POST", "/suspend", [](Service& s, const FakeRequest&, Fake&) {
      s.suspended = true;
      return FakeAnswer{.status = 202};
    });
    of_service("POST", "/resume", [](Service& s, const FakeRequest& r, Fake& f) {
      if (f.is_out_of_hours(s, r.now)) return f.refusal(402, kNeedsCard);
      s.suspended = false;
      return FakeAnswer{.status = 202};
    });
    of_service("POST", "/custom-domains",
               [](Service& s, const FakeRequest& r, Fake& f) { return f.add_domain(s, r); });
    of_service("DELETE", "/custom-domains/{name}", [](Service& s, const FakeRequest& r, Fake& f) {
      return std::erase(s.domains, r.parts[1]) == 0 ? f.refusal(404, "no such domain")
                                                    : FakeAnswer{.status = 204};
    });
    route("GET", "api", "/v1/logs", [this](const FakeRequest& r) { return logs(r); });
    for (const char* metric : {"cpu", "memory"}) {
      route("GET", "api", std::string("/v1/metrics/") + metric,
            [this](const FakeRequest& r) { return metrics(r); });
    }
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}},
            .sources = {{"compute.image",
                         {{"kind", "image"}, {"image", "docker.io/library/nginx:1.27"}}},
                        {"compute.git",
                         {{"kind", "git"},
                          {"repo", "https://github.com/render-examples/express-hello-world"},
                          {"branch", "main"},
                          {"runtime", "node"},
                          {"build", "npm ci"},
                          {"start", "node server.js"}}}},
            .create = {{"plan", "starter"}, {"region", "frankfurt"}}};
  }
  [[nodiscard]] bool is_empty() const override { return services_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count_if(
        services_, [&](const Service& one) { return one.body["name"] == name; }));
  }
  FreePlan::Visit visit(const std::string& name, UnixMs now) override {
    for (const Service& one : services_) {
      if (one.body["name"] == name && plan_.covers(one.id)) return plan_.visit(one.id, now);
    }
    return {};
  }
  [[nodiscard]] std::vector<FakeService> running() const override {
    std::vector<FakeService> all;
    for (const Service& one : services_) {
      if (one.suspended) continue;
      const Json& native = one.body["serviceDetails"];
      const Json commands = native.value("envSpecificDetails", Json::object());
      FakeService service{.name = one.body["name"], .url = view(one, 0)["serviceDetails"]["url"]};
      for (const auto& [key, value] : one.env) service.env[key] = value;
      if (one.body.contains("image")) {
        service.source = {{"image", one.body["image"]["imagePath"]}};
      } else {
        service.source = {{"repo", one.body["repo"]},
                          {"root", one.body.value("rootDir", "")},
                          {"build", commands.value("buildCommand", "")},
                          {"start", commands.value("startCommand", "")}};
      }
      all.push_back(std::move(service));
    }
    return all;
  }

 private:
  using OfService = FakeAnswer (*)(Service&, const FakeRequest&, Fake&);

  void of_service(std::string method, const std::string& rest, OfService handler) {
    route(std::move(method), "api", "/v1/services/{id}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find(services_, r.parts[0], &Service::id);
            return found == services_.end() ? refusal(404, "service not found")
                                            : handler(*found, r, *this);
          });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"id", "err-1"}, {"message", message}}};
  }

  [[nodiscard]] bool is_out_of_hours(const Service& s, UnixMs now) const {
    return plan_.covers(s.id) && plan_.state(s.id, now) == FreePlan::State::kOutOfHours;
  }

  // That a free service is asleep, the API does not tell.
  [[nodiscard]] Json view(const Service& s, UnixMs now) const {
    const bool out_of_hours = is_out_of_hours(s, now);
    Json suspenders = Json::array();
    if (s.suspended) suspenders.push_back("user");
    if (out_of_hours) suspenders.push_back("billing");
    const Json& details = s.body["serviceDetails"];
    const std::string runtime = details.value("runtime", "node");
    return {{"id", s.id},
            {"name", s.body["name"]},
            {"ownerId", kOwner},
            {"type", "web_service"},
            {"createdAt", date(s.made_at)},
            {"updatedAt", date(s.made_at)},
            {"dashboardUrl", "https://dashboard.render.com/web/" + s.id},
            {"suspended", s.suspended || out_of_hours ? "suspended" : "not_suspended"},
            {"suspenders", suspenders},
            {"autoDeploy", "no"},
            {"notifyOnFail", "default"},
            {"slug", s.body["name"]},
            {"rootDir", ""},
            {"serviceDetails",
             {{"env", runtime},
              {"runtime", runtime},
              {"envSpecificDetails",
               details.value(
                   "envSpecificDetails",
                   runtime == "image"
                       ? Json{{"dockerCommand", ""}, {"dockerContext", ""}, {"dockerfilePath", ""}}
                       : Json{{"buildCommand", "x"}, {"startCommand", "x"}})},
              {"plan", details.value("plan", "starter")},
              {"region", details.value("region", "oregon")},
              {"numInstances", s.instances},
              {"buildPlan", "starter"},
              {"healthCheckPath", details.value("healthCheckPath", "")},
              {"openPorts", Json::array()},
              {"url", "https://" + s.body["name"].get<std::string>() + ".onrender.com"}}}};
  }

  [[nodiscard]] Json view(const Deployment& d, UnixMs now) const {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "queued"},
                                                        {Phase::kBuilding, "build_in_progress"},
                                                        {Phase::kDeploying, "update_in_progress"},
                                                        {Phase::kLive, "live"},
                                                        {Phase::kFailed, "build_failed"}};
    return {{"id", d.id},
            {"status", kWords.at(phase_of(d, now))},
            {"createdAt", date(d.at)},
            {"trigger", "api"}};
  }

  FakeAnswer list(const FakeRequest& r) {
    const std::size_t limit =
        page_size(r.param("limit").empty() ? 20 : std::stoul(r.param("limit")));
    const std::size_t begin = r.param("cursor").empty() ? 0 : std::stoul(r.param("cursor"));
    Json page = Json::array();
    for (std::size_t at = begin; at < services_.size() && page.size() < limit; ++at) {
      page.push_back({{"service", view(services_[at], r.now)}, {"cursor", std::to_string(at + 1)}});
    }
    return {.json = page};
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"type", "name", "ownerId", "repo", "autoDeploy", "branch",
                                          "image", "rootDir", "envVars", "serviceDetails"})) {
      return *odd;
    }
    if (r.json.value("ownerId", "") != kOwner) return refusal(400, "ownerId is not yours");
    const Json details = r.json.value("serviceDetails", Json::object());
    if (auto odd = unknown_field(details, {"runtime", "plan", "region", "numInstances",
                                           "healthCheckPath", "envSpecificDetails"})) {
      return *odd;
    }
    const bool image = details.value("runtime", "") == "image";
    if (image != r.json.contains("image") || image == r.json.contains("repo")) {
      return refusal(400, "exactly one of image and repo is needed");
    }
    Service made{.id = make_id("srv-"), .body = r.json, .made_at = r.now};
    for (const Json& one : r.json.value("envVars", Json::array())) {
      if (auto odd = unknown_field(one, {"key", "value"})) return *odd;
      made.env[one["key"]] = one["value"];
    }
    made.instances = details.value("numInstances", 1);
    services_.push_back(made);
    deployments_[made.id].push_back(make_deployment(r.now));
    if (details.value("plan", "starter") == "free") plan_.start(made.id, r.now);
    return {
        .status = 201,
        .json = {{"service", view(made, r.now)}, {"deployId", deployments_[made.id].back().id}}};
  }

  FakeAnswer deploys(const Service& s, const FakeRequest& r) {
    Json page = Json::array();
    const std::size_t limit = r.param("limit").empty() ? 20 : std::stoul(r.param("limit"));
    auto& all = deployments_[s.id];
    for (auto at = all.rbegin(); at != all.rend() && page.size() < limit; ++at) {
      page.push_back({{"deploy", view(*at, r.now)}, {"cursor", at->id}});
    }
    return {.json = page};
  }

  FakeAnswer deploy(Service& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"clearCache", "commitId", "imageUrl", "deployMode"}))
      return *odd;
    if (s.suspended) return refusal(409, "the service is suspended");
    if (is_out_of_hours(s, r.now)) return refusal(402, kNeedsCard);
    deployments_[s.id].push_back(make_deployment(r.now));
    return {.status = 201, .json = view(deployments_[s.id].back(), r.now)};
  }

  FakeAnswer set_env(Service& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"value"})) return *odd;
    s.env[r.parts[1]] = r.json["value"];
    return {.json = {{"key", r.parts[1]}, {"value", r.json["value"]}}};
  }

  FakeAnswer add_domain(Service& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name"})) return *odd;
    const std::string name = r.json["name"];
    if (std::ranges::contains(s.domains, name)) return refusal(409, "domain is taken");
    s.domains.push_back(name);
    return {.status = 201,
            .json = Json::array({{{"id", make_id("cdm-")},
                                  {"name", name},
                                  {"domainType", "subdomain"},
                                  {"publicSuffix", "org"},
                                  {"redirectForName", ""},
                                  {"verificationStatus", "unverified"},
                                  {"createdAt", date(r.now)}}})};
  }

  FakeAnswer logs(const FakeRequest& r) {
    if (r.param("ownerId") != kOwner) return refusal(400, "ownerId is needed");
    Json lines = Json::array();
    lines.push_back(
        {{"id", "log-1"},
         {"message", "listening on 10000"},
         {"timestamp", date(r.now)},
         {"labels", Json::array({{{"name", "resource"}, {"value", r.param("resource")}}})}});
    return {.json = {{"hasMore", false},
                     {"nextStartTime", date(r.now)},
                     {"nextEndTime", date(r.now)},
                     {"logs", lines}}};
  }

  FakeAnswer metrics(const FakeRequest& r) {
    Json point = {{"timestamp", date(r.now)}, {"value", 0.25}, {"unit", "cpu"}};
    return {.json = Json::array(
                {{{"labels", Json::array({{{"field", "service"}, {"value", r.param("resource")}}})},
                  {"values", Json::array({point})},
                  {"unit", "cpu"}}})};
  }

  std::vector<Service> services_;
  std::map<std::string, std::vector<Deployment>> deployments_;
  FreePlan plan_ = FreePlan::of_card("render");
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::render
