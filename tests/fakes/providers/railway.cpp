// A fake of Railway's GraphQL API, docs.railway.com: it knows questions by their root field.
#include <algorithm>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::railway {
namespace {

constexpr const char* kToken = "8f3c2a10-fake-4a67-9abc-railway01234";
constexpr const char* kWorkspace = "ws-000001";

std::string stamp(UnixMs at) { return date(at, ".000"); }

struct Service {
  std::string id;
  std::string name;
  UnixMs made_at = 0;
  Json variables = Json::object();
  Json settings = Json::object();
  std::string domain;
  std::map<std::string, std::string> custom;  // id by name
  std::string branch;
};

class Fake final : public FakeProvider {
 public:
  using Root = FakeAnswer (Fake::*)(const FakeRequest&, const Json&);

  Fake() {
    route("POST", "api", "/graphql/v2", [this](const FakeRequest& r) { return ask(r); });
  }

  [[nodiscard]] Sample sample() const override {
    return {
        .credential = {{"token", kToken}},
        .sources = {{"compute.image", {{"kind", "image"}, {"image", "docker.io/library/nginx:1"}}},
                    {"compute.git",
                     {{"kind", "git"},
                      {"repo", "https://github.com/railwayapp-templates/express.git"},
                      {"branch", "main"},
                      {"build", "npm ci"},
                      {"start", "node server.js"}}}},
        .create = {{"region", "us-west2"}, {"port", 3000}, {"healthPath", "/health"}}};
  }
  // An empty project costs nothing.
  [[nodiscard]] bool is_empty() const override { return services_.empty() && projects_ <= 1; }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(services_, name, &Service::name));
  }
  // As a person who sets `sleepApplication` in the dashboard: Automator67 leaves it off.
  bool put_on_free_plan(const std::string& name, UnixMs now) override {
    const auto found = std::ranges::find(services_, name, &Service::name);
    if (found != services_.end()) plan_.start(found->id, now);
    return found != services_.end();
  }
  FreePlan::Visit visit(const std::string& name, UnixMs now) override {
    const auto found = std::ranges::find(services_, name, &Service::name);
    if (found == services_.end() || !plan_.covers(found->id)) return {};
    return plan_.visit(found->id, now);
  }
  [[nodiscard]] std::vector<FakeService> running() const override {
    std::vector<FakeService> all;
    for (const Service& one : services_) {
      const Json source = one.settings.value("source", Json::object());
      FakeService service{.name = one.name,
                          .url = one.domain.empty() ? "" : "https://" + one.domain,
                          .env = one.variables};
      if (source.contains("image")) {
        service.source = {{"image", source["image"]}};
      } else {
        service.source = {{"repo", source.value("repo", "")},
                          {"root", one.settings.value("rootDirectory", "")},
                          {"build", one.settings.value("buildCommand", "")},
                          {"start", one.settings.value("startCommand", "")}};
      }
      all.push_back(std::move(service));
    }
    return all;
  }

 private:
  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    if (status == 429) return {.status = 429, .json = {{"message", message}}};
    Json error = {{"message", status == 401 ? "Not Authorized" : message},
                  {"extensions", {{"code", "INTERNAL_SERVER_ERROR"}}}};
    return {.json = {{"errors", Json::array({error})}, {"data", nullptr}}};
  }

  static FakeAnswer data(std::string_view root, Json value) {
    Json data = Json::object();
    data[std::string(root)] = std::move(value);
    return {.json = {{"data", std::move(data)}}};
  }

  static Json connection(Json nodes, const std::string& next = {}) {
    Json edges = Json::array();
    for (Json& node : nodes) edges.push_back({{"node", std::move(node)}});
    return {{"edges", edges},
            {"pageInfo",
             {{"hasNextPage", !next.empty()}, {"endCursor", next.empty() ? Json() : Json(next)}}}};
  }

  FakeAnswer ask(const FakeRequest& r) {
    static const std::map<std::string, Root> kRoots = {
        {"me", &Fake::me},
        {"projects", &Fake::projects},
        {"projectCreate", &Fake::create_project},
        {"environment", &Fake::environment},
        {"serviceInstance", &Fake::instance},
        {"serviceCreate", &Fake::create},
        {"serviceInstanceUpdate", &Fake::update},
        {"serviceConnect", &Fake::connect},
        {"serviceDomainCreate", &Fake::own_domain},
        {"serviceInstanceDeployV2", &Fake::deploy},
        {"serviceInstanceRedeploy", &Fake::redeploy},
        {"serviceDelete", &Fake::remove},
        {"deployment", &Fake::deployment},
        {"deploymentRestart", &Fake::restart},
        {"deploymentStop", &Fake::stop},
        {"deploymentRedeploy", &Fake::redeploy_one},
        {"variableCollectionUpsert", &Fake::set_variables},
        {"variableDelete", &Fake::delete_variable},
        {"customDomainCreate", &Fake::add_domain},
        {"customDomainDelete", &Fake::delete_domain},
        {"deploymentLogs", &Fake::logs},
        {"metrics", &Fake::metrics},
        {"workspace", &Fake::usage},
    };
    if (auto odd = unknown_field(r.json, {"query", "variables", "operationName"})) return *odd;
    const std::string query = r.json.value("query", "");
    const auto begin = std::min(query.find('{') + 1, query.size());
    const std::string root = query.substr(begin, query.find_first_of("({ }", begin) - begin);
    const auto found = kRoots.find(root);
    if (found == kRoots.end()) return refusal(400, "Cannot query field \"" + root + "\"");
    const Json variables = r.json.value("variables", Json::object());
    for (const auto& [name, value] : variables.items()) {
      if (query.find("$" + name + ":") == std::string::npos || value.is_null()) {
        return refusal(400, "Variable \"$" + name + "\" is not declared");
      }
    }
    return (this->*found->second)(r, variables);
  }

  Service* of(const std::string& id) {
    const auto found = std::ranges::find(services_, id, &Service::id);
    return found == services_.end() ? nullptr : &*found;
  }

  Json view(const Deployment& d, UnixMs now) {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "QUEUED"},
                                                        {Phase::kBuilding, "BUILDING"},
                                                        {Phase::kDeploying, "DEPLOYING"},
                                                        {Phase::kLive, "SUCCESS"},
                                                        {Phase::kFailed, "FAILED"}};
    return {{"id", d.id},
            {"status", kWords.at(phase_of(d, now))},
            {"deploymentStopped", d.cancelled},
            {"createdAt", stamp(d.at)}};
  }

  Json view(const Service& s, UnixMs now) {
    Json own = Json::array();
    if (!s.domain.empty()) own.push_back({{"domain", s.domain}});
    Json custom = Json::array();
    for (const auto& [name, id] : s.custom) custom.push_back({{"id", id}, {"domain", name}});
    const auto& all = deployments_[s.id];
    Json latest = all.empty() ? Json() : view(all.back(), now);
    if (plan_.covers(s.id) && latest.is_object() && latest["status"] == "SUCCESS") {
      const FreePlan::State state = plan_.state(s.id, now);
      if (state == FreePlan::State::kAsleep) latest["status"] = "SLEEPING";
      // Without credits its deployments are taken away.
      if (state == FreePlan::State::kOutOfHours) latest["status"] = "REMOVED";
    }
    return {{"serviceId", s.id},
            {"serviceName", s.name},
            {"createdAt", stamp(s.made_at)},
            {"region", s.settings.value("region", Json())},
            {"numReplicas", s.settings.value("numReplicas", Json())},
            {"domains", {{"serviceDomains", own}, {"customDomains", custom}}},
            {"latestDeployment", latest}};
  }

  FakeAnswer me(const FakeRequest&, const Json&) {
    return data("me", {{"id", "user-1"},
                       {"name", "Ada"},
                       {"email", "ada@example.org"},
                       {"workspaces", Json::array({{{"id", kWorkspace}, {"name", "Ada's"}}})}});
  }

  FakeAnswer projects(const FakeRequest&, const Json& v) {
    if (v.value("w", "") != kWorkspace) return refusal(401, "");
    // One of somebody else comes first.
    const std::size_t limit = page_size(100);
    std::size_t at = v.contains("after") ? std::stoul(v["after"].get<std::string>()) : 0;
    Json page = Json::array();
    for (; at < 1 + projects_ && page.size() < limit; ++at) {
      const std::string number = std::to_string(at);
      Json environment = {{"id", "env-" + number}, {"name", "production"}};
      page.push_back(
          {{"id", "prj-" + number},
           {"name", at == 0 ? "other" : "automator67"},
           {"environments", {{"edges", Json::array({{{"node", std::move(environment)}}})}}}});
    }
    return data("projects", connection(page, at < 1 + projects_ ? std::to_string(at) : ""));
  }

  FakeAnswer create_project(const FakeRequest&, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"name", "workspaceId", "defaultEnvironmentName"}))
      return *odd;
    ++projects_;
    const std::string number = std::to_string(projects_);
    Json node = {{"id", "env-" + number}, {"name", "production"}};
    return data("projectCreate",
                {{"id", "prj-" + number},
                 {"environments", {{"edges", Json::array({{{"node", std::move(node)}}})}}}});
  }

  FakeAnswer environment(const FakeRequest& r, const Json& v) {
    if (v.value("e", "") != "env-1" || v.value("p", "") != "prj-1" || projects_ == 0)
      return refusal(401, "");
    const std::size_t limit = page_size(100);
    std::size_t at = v.contains("after") ? std::stoul(v["after"].get<std::string>()) : 0;
    Json page = Json::array();
    for (; at < services_.size() && page.size() < limit; ++at)
      page.push_back(view(services_[at], r.now));
    return data(
        "environment",
        {{"serviceInstances", connection(page, at < services_.size() ? std::to_string(at) : "")}});
  }

  FakeAnswer instance(const FakeRequest& r, const Json& v) {
    const Service* s = of(v.value("s", ""));
    if (s == nullptr || v.value("e", "") != "env-1") return refusal(401, "");
    return data("serviceInstance", view(*s, r.now));
  }

  FakeAnswer create(const FakeRequest& r, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"projectId", "environmentId", "name", "variables"}))
      return *odd;
    if (input.value("projectId", "") != "prj-1") return refusal(401, "");
    const std::string name = input.value("name", "");
    if (count_named(name) != 0) {
      return refusal(400, "A service named \"" + name + "\" already exists in this project");
    }
    services_.push_back({.id = make_id("svc-"),
                         .name = name,
                         .made_at = r.now,
                         .variables = input.value("variables", Json::object())});
    return data("serviceCreate", {{"id", services_.back().id}, {"name", name}});
  }

  FakeAnswer update(const FakeRequest&, const Json& v) {
    Service* s = of(v.value("s", ""));
    if (s == nullptr) return refusal(401, "");
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"source", "buildCommand", "startCommand", "rootDirectory",
                                         "healthcheckPath", "region", "numReplicas"}))
      return *odd;
    if (auto odd = unknown_field(input.value("source", Json::object()), {"image", "repo"}))
      return *odd;
    s->settings.update(input);
    return data("serviceInstanceUpdate", true);
  }

  FakeAnswer connect(const FakeRequest&, const Json& v) {
    Service* s = of(v.value("s", ""));
    if (s == nullptr) return refusal(401, "");
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"repo", "branch"})) return *odd;
    if (input.value("repo", "").find("://") != std::string::npos) {
      return refusal(400, "repo must be owner/name");
    }
    s->branch = input.value("branch", "");
    return data("serviceConnect", {{"id", s->id}});
  }

  FakeAnswer own_domain(const FakeRequest&, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"serviceId", "environmentId", "targetPort"})) return *odd;
    Service* s = of(input.value("serviceId", ""));
    if (s == nullptr) return refusal(401, "");
    if (!s->domain.empty()) return refusal(400, "This service already has a domain");
    s->domain = s->name + "-production.up.railway.app";
    return data("serviceDomainCreate", {{"domain", s->domain}});
  }

  FakeAnswer deploy(const FakeRequest& r, const Json& v) {
    const Service* s = of(v.value("s", ""));
    if (s == nullptr) return refusal(401, "");
    if (!s->settings.contains("source")) return refusal(400, "Service has no source");
    if (plan_.covers(s->id) && plan_.state(s->id, r.now) == FreePlan::State::kOutOfHours)
      return refusal(400, "Your trial has expired. Please select a plan to continue using Railway");
    deployments_[s->id].push_back(make_deployment(r.now));
    return data("serviceInstanceDeployV2", deployments_[s->id].back().id);
  }

  FakeAnswer redeploy(const FakeRequest& r, const Json& v) {
    const Service* s = of(v.value("s", ""));
    if (s == nullptr) return refusal(401, "");
    deployments_[s->id].push_back(make_deployment(r.now));
    return data("serviceInstanceRedeploy", true);
  }

  FakeAnswer remove(const FakeRequest&, const Json& v) {
    const std::string id = v.value("s", "");
    if (of(id) == nullptr) return refusal(401, "");
    std::erase_if(services_, [&](const Service& one) { return one.id == id; });
    return data("serviceDelete", true);
  }

  // The deployment and the service it is of.
  std::pair<Service*, Deployment*> deployment_of(const std::string& id) {
    for (Service& s : services_) {
      for (Deployment& d : deployments_[s.id]) {
        if (d.id == id) return {&s, &d};
      }
    }
    return {nullptr, nullptr};
  }

  FakeAnswer deployment(const FakeRequest& r, const Json& v) {
    const Deployment* d = deployment_of(v.value("d", "")).second;
    if (d == nullptr) return refusal(404, "Deployment not found");
    Json whole = view(*d, r.now);
    whole.erase("deploymentStopped");
    return data("deployment", whole);
  }

  FakeAnswer restart(const FakeRequest&, const Json& v) {
    return deployment_of(v.value("d", "")).second == nullptr ? refusal(404, "Deployment not found")
                                                             : data("deploymentRestart", true);
  }

  FakeAnswer stop(const FakeRequest&, const Json& v) {
    Deployment* d = deployment_of(v.value("d", "")).second;
    if (d == nullptr) return refusal(404, "Deployment not found");
    d->cancelled = true;
    return data("deploymentStop", true);
  }

  FakeAnswer redeploy_one(const FakeRequest& r, const Json& v) {
    const auto [s, d] = deployment_of(v.value("d", ""));
    if (d == nullptr) return refusal(404, "Deployment not found");
    deployments_[s->id].push_back(make_deployment(r.now));
    return data("deploymentRedeploy", {{"id", deployments_[s->id].back().id}});
  }

  FakeAnswer set_variables(const FakeRequest&, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(
            input, {"projectId", "environmentId", "serviceId", "variables", "skipDeploys"}))
      return *odd;
    Service* s = of(input.value("serviceId", ""));
    if (s == nullptr || input.value("projectId", "") != "prj-1") return refusal(401, "");
    s->variables.update(input["variables"]);
    return data("variableCollectionUpsert", true);
  }

  FakeAnswer delete_variable(const FakeRequest&, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(input, {"projectId", "environmentId", "serviceId", "name"}))
      return *odd;
    Service* s = of(input.value("serviceId", ""));
    if (s == nullptr) return refusal(401, "");
    if (s->variables.erase(input.value("name", "")) == 0) return refusal(404, "Variable not found");
    return data("variableDelete", true);
  }

  FakeAnswer add_domain(const FakeRequest&, const Json& v) {
    const Json input = v.value("i", Json());
    if (auto odd = unknown_field(
            input, {"domain", "projectId", "environmentId", "serviceId", "targetPort"}))
      return *odd;
    Service* s = of(input.value("serviceId", ""));
    if (s == nullptr) return refusal(401, "");
    const std::string name = input.value("domain", "");
    if (s->custom.contains(name)) return refusal(400, "Domain is not available");
    s->custom[name] = make_id("dom-");
    Json record = {{"fqdn", name},
                   {"recordType", "DNS_RECORD_TYPE_CNAME"},
                   {"requiredValue", "x1y2z3.up.railway.app"}};
    return data("customDomainCreate", {{"id", s->custom[name]},
                                       {"status",
                                        {{"verificationDnsHost", "_railway-verify.www"},
                                         {"verificationToken", "railway-verify=1"},
                                         {"dnsRecords", Json::array({record})}}}});
  }

  FakeAnswer delete_domain(const FakeRequest&, const Json& v) {
    for (Service& s : services_) {
      const auto count =
          std::erase_if(s.custom, [&](const auto& one) { return one.second == v.value("d", ""); });
      if (count != 0) return data("customDomainDelete", true);
    }
    return refusal(404, "Custom domain not found");
  }

  FakeAnswer logs(const FakeRequest& r, const Json& v) {
    if (deployment_of(v.value("d", "")).second == nullptr)
      return refusal(404, "Deployment not found");
    Json line = {
        {"timestamp", stamp(r.now)}, {"message", "listening on 3000"}, {"severity", "info"}};
    return data("deploymentLogs", Json::array({line}));
  }

  FakeAnswer metrics(const FakeRequest& r, const Json& v) {
    if (of(v.value("s", "")) == nullptr) return refusal(401, "");
    Json value = {{"ts", r.now / 1000}, {"value", 0.25}};
    Json all = Json::array();
    for (const char* name : {"CPU_USAGE", "MEMORY_USAGE_GB", "NETWORK_TX_GB"})
      all.push_back({{"measurement", name}, {"values", Json::array({value})}});
    return data("metrics", all);
  }

  FakeAnswer usage(const FakeRequest& r, const Json& v) {
    if (v.value("w", "") != kWorkspace) return refusal(401, "");
    Json customer = {{"currentUsage", 0.5},
                     {"remainingUsageCreditBalance", 0.5},
                     {"billingPeriod", {{"end", stamp(r.now)}}}};
    return {
        .json = {{"data",
                  {{"workspace", {{"customer", customer}}},
                   {"usage", Json::array({{{"measurement", "CPU_USAGE"}, {"value", 12.5}}})}}}}};
  }

  std::size_t projects_ = 0;  // named automator67
  std::vector<Service> services_;
  std::map<std::string, std::vector<Deployment>> deployments_;
  FreePlan plan_ = FreePlan::of_card("railway");
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::railway
