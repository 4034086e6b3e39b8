// A fake of Fly's Machines API, docs.machines.dev.
#include <algorithm>
#include <set>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::fly {
namespace {

constexpr const char* kToken = "FlyV1 fm2_fakeTokenOfFly0123456789";
constexpr const char* kOrg = "personal";
// As reported: github.com/superfly/docs/issues/2369. With which status was not found.
constexpr const char* kNeedsCard = "payment method required to continue";

struct App {
  std::string id;
  std::string name;
  std::map<std::string, std::string> secrets;
  std::set<std::string> domains;
  std::vector<std::string> ips;  // their types
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/v1/tokens/current", [this](const FakeRequest&) {
      Json one = {{"token_id", "tok-1"},
                  {"org_slug", kOrg},
                  {"organization", "1"},
                  {"apps", Json::array()},
                  {"user", "ada@example.org"}};
      Json all = Json::array({one});
      if (has_wide_token()) {
        one["org_slug"] = "work";
        all.push_back(one);
      }
      return FakeAnswer{.json = {{"tokens", all}}};
    });
    route("GET", "api", "/v1/apps", [this](const FakeRequest& r) { return apps(r); });
    route("POST", "api", "/v1/apps", [this](const FakeRequest& r) { return create(r); });
    route("GET", "api", "/v1/orgs/{org}/machines",
          [this](const FakeRequest& r) { return all_machines(r); });
    of_app("GET", "",
           [](App& a, const FakeRequest&, Fake& f) { return FakeAnswer{.json = f.view(a)}; });
    of_app("DELETE", "", [](App& a, const FakeRequest& r, Fake& f) { return f.remove(a, r); });
    addresses_and_secrets();
    certificates();
    machines();
  }

  [[nodiscard]] Sample sample() const override {
    return {
        .credential = {{"token", kToken}},
        .sources = {{"compute.image", {{"kind", "image"}, {"image", "docker.io/library/nginx:1"}}},
                    {"compute.upload",
                     {{"kind", "files"},
                      {"runtime", "node"},
                      {"start", "node main.js"},
                      {"files", Json::array({{{"path", "main.js"}, {"text", "// hello"}},
                                             {{"path", "x.bin"}, {"bytes", "AP-A"}}})}}}},
        .create = {{"region", "fra"}, {"port", 3000}, {"healthPath", "/health"}}};
  }
  [[nodiscard]] bool is_empty() const override { return apps_.empty() && machines_.empty(); }
  // An app with two machines for one order counts twice.
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    if (std::ranges::find(apps_, name, &App::name) == apps_.end()) return 0;
    const auto count = std::ranges::count(machines_, name, &Machine::app);
    return std::max<std::size_t>(1, static_cast<std::size_t>(count));
  }
  // The organization is in its trial: machines are stopped after some minutes, whoever visits.
  bool put_on_free_plan(const std::string& name, UnixMs now) override {
    const bool known = std::ranges::contains(apps_, name, &App::name);
    if (known) trial_.start(name, now);
    return known;
  }
  [[nodiscard]] std::vector<FakeService> running() const override {
    std::vector<FakeService> all;
    for (const Machine& one : machines_) {
      if (one.stopped) continue;
      FakeService service{.name = one.app,
                          .url = "https://" + one.app + ".fly.dev",
                          .env = one.config.value("env", Json::object()),
                          .source = {{"image", one.config["image"]}}};
      const auto app = std::ranges::find(apps_, one.app, &App::name);
      if (app != apps_.end()) {
        for (const auto& [key, value] : app->secrets) service.env[key] = value;
      }
      all.push_back(std::move(service));
    }
    return all;
  }

 private:
  struct Machine {
    std::string id;
    std::string app;
    std::string region;
    Json config;
    UnixMs made_at = 0;
    Deployment version;
    bool stopped = false;
    bool cordoned = false;
  };
  using OfApp = FakeAnswer (*)(App&, const FakeRequest&, Fake&);
  using OfMachine = FakeAnswer (*)(Machine&, const FakeRequest&, Fake&);

  void of_app(std::string method, const std::string& rest, OfApp handler) {
    route(std::move(method), "api", "/v1/apps/{app}" + rest, [this, handler](const FakeRequest& r) {
      const auto found = std::ranges::find(apps_, r.parts[0], &App::name);
      return found == apps_.end() ? refusal(404, "app not found") : handler(*found, r, *this);
    });
  }

  void of_machine(std::string method, const std::string& rest, OfMachine handler) {
    route(std::move(method), "api", "/v1/apps/{app}/machines/{machine}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find_if(machines_, [&](const Machine& m) {
              return m.app == r.parts[0] && m.id == r.parts[1];
            });
            return found == machines_.end() ? refusal(404, "machine not found")
                                            : handler(*found, r, *this);
          });
  }

  void addresses_and_secrets() {
    of_app("GET", "/ip_assignments", [](App& a, const FakeRequest& r, Fake&) {
      Json ips = Json::array();
      for (const std::string& type : a.ips) ips.push_back(address(type, r.now));
      return FakeAnswer{.json = {{"ips", ips}}};
    });
    of_app("POST", "/ip_assignments", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"type", "region", "service_name"})) return *odd;
      const std::string type = r.json.value("type", "");
      if (type != "v6" && type != "shared_v4") return f.refusal(400, "no such type, or it costs");
      if (std::ranges::contains(a.ips, type)) return f.refusal(422, "already assigned");
      a.ips.push_back(type);
      return FakeAnswer{.json = address(type, r.now)};
    });
    of_app("POST", "/secrets", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"values"})) return *odd;
      Json secrets = Json::array();
      for (const auto& [key, value] : r.json["values"].items()) {
        if (!value.is_string()) return f.refusal(400, "a secret must be a text");
        a.secrets[key] = value;
        secrets.push_back({{"name", key}, {"digest", "d1"}, {"created_at", date(r.now)}});
      }
      return FakeAnswer{.json = {{"secrets", secrets}, {"version", 1}, {"Version", 1}}};
    });
    of_app("DELETE", "/secrets/{name}", [](App& a, const FakeRequest& r, Fake& f) {
      return a.secrets.erase(r.parts[1]) == 0
                 ? f.refusal(404, "secret not found")
                 : FakeAnswer{.json = {{"version", 2}, {"Version", 2}}};
    });
  }

  void certificates() {
    of_app("POST", "/certificates/acme", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"hostname"})) return *odd;
      const std::string name = r.json["hostname"];
      if (!a.domains.insert(name).second) return f.refusal(422, "hostname already exists");
      Json needs = {{"a", Json::array({"66.241.124.1"})},
                    {"aaaa", Json::array({"2a09:8280:1::1"})},
                    {"cname", a.name + ".fly.dev"},
                    {"ownership",
                     {{"name", "_fly-ownership." + name},
                      {"app_value", "app-" + a.id},
                      {"org_value", "org-1"}}},
                    {"acme_challenge",
                     {{"name", "_acme-challenge." + name}, {"target", name + ".x.flydns.net"}}}};
      return FakeAnswer{.status = 201,
                        .json = {{"hostname", name},
                                 {"configured", false},
                                 {"acme_requested", true},
                                 {"status", "Awaiting configuration"},
                                 {"certificates", Json::array()},
                                 {"dns_requirements", needs}}};
    });
    of_app("DELETE", "/certificates/{name}", [](App& a, const FakeRequest& r, Fake& f) {
      return a.domains.erase(r.parts[1]) == 0 ? f.refusal(404, "certificate not found")
                                              : FakeAnswer{.status = 204};
    });
  }

  void machines() {
    of_app("GET", "/machines", [](App& a, const FakeRequest& r, Fake& f) {
      Json all = Json::array();
      for (const Machine& m : f.machines_) {
        if (m.app == a.name) all.push_back(f.view(m, r.now));
      }
      return FakeAnswer{.json = all};
    });
    of_app("POST", "/machines", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.wrong_machine(r.json)) return *odd;
      f.machines_.push_back({.id = f.make_id("9080"),
                             .app = a.name,
                             .region = r.json.value("region", "iad"),
                             .config = r.json["config"],
                             .made_at = r.now,
                             .version = f.make_deployment(r.now)});
      return FakeAnswer{.json = f.view(f.machines_.back(), r.now)};
    });
    of_machine("GET", "", [](Machine& m, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(m, r.now)};
    });
    of_machine("POST", "", [](Machine& m, const FakeRequest& r, Fake& f) {
      if (auto odd = f.wrong_machine(r.json)) return *odd;
      m.config = r.json["config"];
      m.version = f.make_deployment(r.now);
      m.stopped = false;
      return FakeAnswer{.json = f.view(m, r.now)};
    });
    of_machine("DELETE", "", [](Machine& m, const FakeRequest& r, Fake& f) {
      if (!m.stopped && r.param("force") != "true") return f.refusal(412, "still running");
      const std::string id = m.id;
      std::erase_if(f.machines_, [&](const Machine& one) { return one.id == id; });
      return FakeAnswer{.json = {{"ok", true}}};
    });
    of_machine("POST", "/restart", [](Machine& m, const FakeRequest&, Fake& f) {
      return m.stopped ? f.refusal(412, "machine is stopped") : FakeAnswer{.json = {{"ok", true}}};
    });
    of_machine("POST", "/stop", [](Machine& m, const FakeRequest&, Fake&) {
      m.stopped = true;
      return FakeAnswer{.json = {{"ok", true}}};
    });
    of_machine("POST", "/start", [](Machine& m, const FakeRequest& r, Fake& f) {
      if (f.trial_.covers(m.app) && f.trial_.visit(m.app, r.now).status != 200)
        return f.refusal(422, kNeedsCard);
      m.stopped = false;
      return FakeAnswer{.json = {{"ok", true}}};
    });
    of_machine("POST", "/cordon", [](Machine& m, const FakeRequest&, Fake&) {
      m.cordoned = true;
      return FakeAnswer{.json = {{"ok", true}}};
    });
    of_machine("POST", "/uncordon", [](Machine& m, const FakeRequest&, Fake&) {
      m.cordoned = false;
      return FakeAnswer{.json = {{"ok", true}}};
    });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"error", message}, {"status", "unknown"}}};
  }

  static Json address(const std::string& type, UnixMs now) {
    return {{"ip", type == "v6" ? "2a09:8280:1::1" : "66.241.124.1"},
            {"shared", type != "v6"},
            {"region", "global"},
            {"service_name", ""},
            {"created_at", date(now)}};
  }

  [[nodiscard]] std::optional<FakeAnswer> wrong_machine(const Json& body) const {
    if (auto odd = unknown_field(body, {"config", "region", "name", "skip_launch"})) return odd;
    const Json config = body.value("config", Json());
    if (auto odd =
            unknown_field(config, {"image", "env", "guest", "init", "files", "services", "checks"}))
      return odd;
    if (config.value("image", "").empty()) return refusal(400, "config.image is needed");
    for (const Json& one : config.value("files", Json::array())) {
      if (auto odd = unknown_field(one, {"guest_path", "raw_value"})) return odd;
      if (one["raw_value"].get<std::string>().find_first_of("-_") != std::string::npos) {
        return refusal(400, "raw_value is not base64");
      }
    }
    const Json guest = config.value("guest", Json::object());
    if (auto odd = unknown_field(guest, {"cpu_kind", "cpus", "memory_mb"})) return odd;
    for (const Json& one : config.value("services", Json::array())) {
      if (auto odd = unknown_field(
              one, {"protocol", "internal_port", "autostart", "autostop", "ports", "checks"}))
        return odd;
    }
    return std::nullopt;
  }

  [[nodiscard]] Json view(const App& a) const {
    const auto count = std::ranges::count(machines_, a.name, &Machine::app);
    return {{"id", a.id},
            {"name", a.name},
            {"machine_count", count},
            {"volume_count", 0},
            {"network", "default"},
            {"status", count == 0 ? "pending" : "deployed"},
            {"organization", {{"name", "Ada"}, {"slug", kOrg}}}};
  }

  [[nodiscard]] bool is_over(const Machine& m, UnixMs now) const {
    if (!trial_.covers(m.app)) return false;
    const FreePlan::State state = trial_.state(m.app, now);
    return state == FreePlan::State::kAsleep || state == FreePlan::State::kOutOfHours;
  }

  [[nodiscard]] Json view(const Machine& m, UnixMs now) const {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "created"},
                                                        {Phase::kBuilding, "starting"},
                                                        {Phase::kDeploying, "starting"},
                                                        {Phase::kLive, "started"},
                                                        {Phase::kFailed, "failed"}};
    return {
        {"id", m.id},
        {"name", "quiet-" + m.id},
        {"state", m.stopped || is_over(m, now) ? "stopped" : kWords.at(phase_of(m.version, now))},
        {"region", m.region},
        {"instance_id", m.version.id},
        {"private_ip", "fdaa::1"},
        {"config", m.config},
        {"created_at", date(m.made_at)},
        {"updated_at", date(m.version.at)}};
  }

  FakeAnswer apps(const FakeRequest& r) {
    if (r.param("org_slug") != kOrg) return refusal(400, "org_slug is needed");
    Json all = Json::array();
    for (const App& one : apps_) all.push_back(view(one));
    return {.json = {{"total_apps", apps_.size()}, {"apps", all}}};
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "org_slug", "network"})) return *odd;
    if (r.json.value("org_slug", "") != kOrg) return refusal(403, "not your organization");
    const std::string name = r.json.value("name", "");
    if (name.empty() || std::ranges::find(apps_, name, &App::name) != apps_.end()) {
      return refusal(422, "Validation failed: Name has already been taken");
    }
    apps_.push_back({.id = make_id("app"), .name = name});
    return {.status = 201, .json = {{"id", apps_.back().id}, {"created_at", r.now}}};
  }

  FakeAnswer remove(const App& app, const FakeRequest& r) {
    const std::string name = app.name;
    const bool running = std::ranges::any_of(
        machines_, [&](const Machine& m) { return m.app == name && !m.stopped; });
    if (running && r.param("force") != "true") return refusal(412, "stop its machines first");
    std::erase_if(machines_, [&](const Machine& one) { return one.app == name; });
    std::erase_if(apps_, [&](const App& one) { return one.name == name; });
    return {.status = 202};
  }

  FakeAnswer all_machines(const FakeRequest& r) {
    if (r.parts[0] != kOrg) return refusal(404, "no such organization");
    const std::size_t limit =
        page_size(r.param("limit").empty() ? 100 : std::stoul(r.param("limit")));
    const std::size_t begin = r.param("cursor").empty() ? 0 : std::stoul(r.param("cursor"));
    Json page = Json::array();
    std::size_t at = begin;
    for (; at < machines_.size() && page.size() < limit; ++at) {
      const Json whole = view(machines_[at], r.now);
      Json one = {{"app_name", machines_[at].app}};
      for (const char* key : {"id", "name", "state", "region", "instance_id", "private_ip",
                              "created_at", "updated_at"})
        one[key] = whole[key];
      page.push_back(one);
    }
    Json answer = {{"machines", page}};
    if (at < machines_.size()) answer["next_cursor"] = std::to_string(at);
    return {.json = answer};
  }

  std::vector<App> apps_;
  std::vector<Machine> machines_;
  FreePlan trial_ = FreePlan::of_card("fly");
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::fly
