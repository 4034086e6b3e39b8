// A fake of Heroku's Platform API, devcenter.heroku.com/articles/platform-api-reference.
#include <algorithm>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::heroku {
namespace {

constexpr const char* kToken = "HRKU-AAfakeTokenOfHeroku0123456789";
constexpr const char* kUser = "01234567-89ab-cdef-0123-000000000000";
constexpr const char* kPlace = "https://s3-external-1.amazonaws.com/heroku-sources-production/";

struct App {
  std::string id;
  std::string name;
  std::string region;
  UnixMs made_at = 0;
  std::map<std::string, std::string> env;
  std::vector<std::string> domains;
  std::int64_t dynos = 1;
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/account", [](const FakeRequest&) {
      return FakeAnswer{
          .json = {{"id", kUser}, {"email", "ada@example.org"}, {"name", "Ada"}, {"beta", false}}};
    });
    route("GET", "api", "/apps", [this](const FakeRequest& r) {
      return page(r, apps_, [&](const App& a) { return view(a, r.now); });
    });
    route("POST", "api", "/apps", [this](const FakeRequest& r) { return create(r); });
    of_app("GET", "", [](App& a, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(a, r.now)};
    });
    of_app("DELETE", "", [](App& a, const FakeRequest& r, Fake& f) {
      FakeAnswer answer{.json = f.view(a, r.now)};
      const std::string id = a.id;
      std::erase_if(f.apps_, [&](const App& one) { return one.id == id; });
      return answer;
    });
    of_app("PATCH", "/config-vars",
           [](App& a, const FakeRequest& r, Fake& f) { return f.set_env(a, r); });
    builds();
    dynos();
    of_app("POST", "/domains", [](App& a, const FakeRequest& r, Fake& f) {
      if (!r.json.is_object() || r.json.size() != 2 || !r.json.contains("sni_endpoint"))
        return f.refusal(422, "hostname and sni_endpoint are needed");
      const std::string name = r.json["hostname"];
      if (std::ranges::contains(a.domains, name)) return f.refusal(422, "Domain already added");
      a.domains.push_back(name);
      return FakeAnswer{.status = 201,
                        .json = {{"id", f.uuid()},
                                 {"hostname", name},
                                 {"kind", "custom"},
                                 {"cname", "whispering-willow-x.herokudns.com"},
                                 {"status", "pending"},
                                 {"created_at", date(r.now)},
                                 {"updated_at", date(r.now)}}};
    });
    of_app("DELETE", "/domains/{name}", [](App& a, const FakeRequest& r, Fake& f) {
      return std::erase(a.domains, r.parts[1]) == 0
                 ? f.refusal(404, "Couldn't find that domain name.")
                 : FakeAnswer{.json = {{"hostname", r.parts[1]}, {"kind", "custom"}}};
    });
    sources_and_tokens();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}},
            .sources = {{"compute.git",
                         {{"kind", "git"},
                          {"repo", "https://github.com/heroku/node-js-getting-started.git"},
                          {"branch", "main"},
                          {"start", "node index.js"}}},
                        {"compute.upload", {{"kind", "archive"}, {"blob", "blob-1"}}}},
            .create = {{"region", "eu"}}};
  }
  [[nodiscard]] bool is_empty() const override { return apps_.empty() && tokens_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(apps_, name, &App::name));
  }
  // Eco dynos, as a person buys them: they sleep.
  bool put_on_free_plan(const std::string& name, UnixMs now) override {
    const auto found = std::ranges::find(apps_, name, &App::name);
    if (found != apps_.end()) plan_.start(found->id, now);
    return found != apps_.end();
  }
  FreePlan::Visit visit(const std::string& name, UnixMs now) override {
    const auto found = std::ranges::find(apps_, name, &App::name);
    if (found == apps_.end() || !plan_.covers(found->id)) return {};
    return plan_.visit(found->id, now);
  }

 private:
  using OfApp = FakeAnswer (*)(App&, const FakeRequest&, Fake&);
  struct Build {
    Deployment deployment;
    std::string id;
    std::string release;
    std::string url;
  };

  void of_app(std::string method, const std::string& rest, OfApp handler) {
    route(std::move(method), "api", "/apps/{app}" + rest, [this, handler](const FakeRequest& r) {
      const auto found = std::ranges::find_if(
          apps_, [&](const App& a) { return a.id == r.parts[0] || a.name == r.parts[0]; });
      return found == apps_.end() ? refusal(404, "Couldn't find that app.")
                                  : handler(*found, r, *this);
    });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status,
            .json = {{"id", status == 404 ? "not_found" : "invalid_params"}, {"message", message}}};
  }

  // The place of uploads knows its own signature and no token; the API wants its Accept.
  [[nodiscard]] bool knows(const FakeRequest& request) const override {
    if (request.host == "sources") {
      return request.param("Signature") == "a+b/c=" && request.header("authorization").empty();
    }
    return FakeProvider::knows(request) &&
           request.header("accept") == "application/vnd.heroku+json; version=3";
  }

  std::string uuid() {
    const std::string number = make_id("");
    return "01234567-89ab-cdef-0123-" + std::string(12 - number.size(), '0') + number;
  }

  template <typename List, typename View>
  FakeAnswer page(const FakeRequest& r, const List& list, View view_of) const {
    const std::string range = r.header("range");
    const std::size_t begin = range.empty() ? 0 : std::stoul(range.substr(range.find(' ') + 2));
    Json items = Json::array();
    const std::size_t limit = page_size(200);
    for (std::size_t at = begin; at < list.size() && items.size() < limit; ++at)
      items.push_back(view_of(list[at]));
    const std::size_t end = begin + items.size();
    if (end >= list.size()) return {.json = items};
    return {.status = 206,
            .json = items,
            .headers = {{"Next-Range", "id ]" + std::to_string(end) + ".."}}};
  }

  void builds() {
    of_app("GET", "/builds", [](App& a, const FakeRequest& r, Fake& f) {
      return f.page(r, f.builds_[a.id], [&](const Build& b) { return f.view(b, r.now); });
    });
    of_app("POST", "/builds", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"source_blob", "buildpacks"})) return *odd;
      const Json blob = r.json.value("source_blob", Json());
      if (auto odd = f.unknown_field(blob, {"url", "checksum", "version"})) return *odd;
      const std::string url = blob.value("url", "");
      if (!url.starts_with("https://")) return f.refusal(422, "source_blob.url must be https");
      if (url.starts_with(kPlace) && !std::ranges::contains(f.uploaded_, url))
        return f.refusal(422, "nothing was uploaded there");
      f.builds_[a.id].push_back({.deployment = f.make_deployment(r.now),
                                 .id = f.uuid(),
                                 .release = f.uuid(),
                                 .url = url});
      return FakeAnswer{.status = 201, .json = f.view(f.builds_[a.id].back(), r.now)};
    });
    of_app("GET", "/builds/{build}", [](App& a, const FakeRequest& r, Fake& f) {
      for (const Build& b : f.builds_[a.id]) {
        if (b.id == r.parts[1]) return FakeAnswer{.json = f.view(b, r.now)};
      }
      return f.refusal(404, "Couldn't find that build.");
    });
    of_app("GET", "/releases/{release}", [](App& a, const FakeRequest& r, Fake& f) {
      for (const Build& b : f.builds_[a.id]) {
        if (b.release != r.parts[1]) continue;
        const bool live = f.phase_of(b.deployment, r.now) == Phase::kLive;
        return FakeAnswer{.json = {{"id", b.release},
                                   {"status", live ? "succeeded" : "pending"},
                                   {"version", 3},
                                   {"created_at", date(r.now)}}};
      }
      return f.refusal(404, "Couldn't find that release.");
    });
  }

  void dynos() {
    of_app("GET", "/formation", [](App& a, const FakeRequest& r, Fake& f) {
      Json all = Json::array();
      if (f.has_slug(a, r.now)) all.push_back(web(a));
      return FakeAnswer{.json = all};
    });
    of_app("PATCH", "/formation", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"updates"})) return *odd;
      if (!f.has_slug(a, r.now)) return f.refusal(404, "Couldn't find that process type (web).");
      for (const Json& one : r.json["updates"]) {
        if (auto odd = f.unknown_field(one, {"type", "quantity", "dyno_size"})) return *odd;
        a.dynos = one["quantity"];
      }
      return FakeAnswer{.json = Json::array({web(a)})};
    });
    of_app("GET", "/dynos", [](App& a, const FakeRequest& r, Fake& f) {
      Json all = Json::array();
      const bool runs = f.has_slug(a, r.now);
      for (std::int64_t at = 1; runs && at <= a.dynos; ++at) {
        all.push_back({{"name", "web." + std::to_string(at)},
                       {"state", f.dyno_state(a, r.now)},
                       {"type", "web"},
                       {"size", f.plan_.covers(a.id) ? "Eco" : "Basic"}});
      }
      return FakeAnswer{.json = all};
    });
    of_app("DELETE", "/dynos", [](App&, const FakeRequest&, Fake&) {
      return FakeAnswer{.status = 202, .json = Json::object()};
    });
  }

  void sources_and_tokens() {
    route("POST", "api", "/sources", [this](const FakeRequest&) {
      const std::string url = std::string(kPlace) + make_id("src-") + "?Signature=a%2Bb%2Fc%3D";
      return FakeAnswer{.status = 201,
                        .json = {{"source_blob", {{"get_url", url}, {"put_url", url}}}}};
    });
    route("PUT", "sources", "/heroku-sources-production/{id}", [this](const FakeRequest& r) {
      // Its signature covers an empty Content-Type.
      if (!r.header("content-type").empty()) return refusal(403, "SignatureDoesNotMatch");
      uploaded_.push_back(kPlace + r.parts[0] + "?Signature=a%2Bb%2Fc%3D");
      return FakeAnswer{.status = 200};
    });
    route("POST", "api", "/oauth/authorizations", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"scope", "description", "expires_in"})) return *odd;
      tokens_.push_back(uuid());
      return FakeAnswer{.status = 201,
                        .json = {{"id", tokens_.back()},
                                 {"scope", r.json["scope"]},
                                 {"description", r.json["description"]},
                                 {"access_token",
                                  {{"id", uuid()},
                                   {"token", "HRKU-another" + tokens_.back()},
                                   {"expires_in", nullptr}}}}};
    });
    route("DELETE", "api", "/oauth/authorizations/{id}", [this](const FakeRequest& r) {
      return std::erase(tokens_, r.parts[0]) == 0
                 ? refusal(404, "Couldn't find that authorization.")
                 : FakeAnswer{.json = {{"id", r.parts[0]}}};
    });
  }

  [[nodiscard]] bool reached(const App& a, UnixMs now, bool live) const {
    const auto found = builds_.find(a.id);
    if (found == builds_.end()) return false;
    return std::ranges::any_of(found->second, [&](const Build& b) {
      const Phase phase = phase_of(b.deployment, now);
      return phase == Phase::kLive || (!live && phase == Phase::kDeploying);
    });
  }
  [[nodiscard]] bool has_slug(const App& a, UnixMs now) const { return reached(a, now, false); }
  [[nodiscard]] bool is_live(const App& a, UnixMs now) const { return reached(a, now, true); }

  [[nodiscard]] const char* dyno_state(const App& a, UnixMs now) const {
    if (!is_live(a, now)) return "starting";
    if (!plan_.covers(a.id)) return "up";
    const FreePlan::State state = plan_.state(a.id, now);
    if (state == FreePlan::State::kAsleep) return "idle";
    return state == FreePlan::State::kWaking ? "starting" : "up";
  }

  static Json web(const App& a) {
    return {{"type", "web"},
            {"quantity", a.dynos},
            {"size", "Basic"},
            {"command", "node index.js"},
            {"app", {{"id", a.id}, {"name", a.name}}}};
  }

  [[nodiscard]] Json view(const App& a, UnixMs now) const {
    return {{"id", a.id},
            {"name", a.name},
            {"created_at", date(a.made_at)},
            {"updated_at", date(a.made_at)},
            {"released_at", date(a.made_at)},
            {"slug_size", has_slug(a, now) ? Json(1'000'000) : Json()},
            {"repo_size", nullptr},
            {"maintenance", false},
            {"acm", false},
            {"owner", {{"email", "ada@example.org"}, {"id", kUser}}},
            {"region", {{"id", "01234567-89ab-cdef-0123-00000000000a"}, {"name", a.region}}},
            {"git_url", "https://git.heroku.com/" + a.name + ".git"},
            {"web_url", "https://" + a.name + "-0a1b2c.herokuapp.com/"}};
  }

  [[nodiscard]] Json view(const Build& b, UnixMs now) const {
    const Phase phase = phase_of(b.deployment, now);
    const bool built = phase == Phase::kLive || phase == Phase::kDeploying;
    Json view = {{"id", b.id},
                 {"status", built                     ? "succeeded"
                            : phase == Phase::kFailed ? "failed"
                                                      : "pending"},
                 {"source_blob", {{"url", b.url}, {"version", nullptr}, {"checksum", nullptr}}},
                 {"slug", nullptr},
                 {"release", nullptr},
                 {"created_at", date(b.deployment.at)},
                 {"updated_at", date(now)},
                 {"user", {{"email", "ada@example.org"}, {"id", kUser}}}};
    if (built) view["release"] = {{"id", b.release}};
    return view;
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "region", "stack"})) return *odd;
    const std::string name = r.json.value("name", "");
    if (name.size() < 3 || name.size() > 30) return refusal(422, "Name is of the wrong length");
    if (count_named(name) != 0) return refusal(422, "Name " + name + " is already taken");
    apps_.push_back({.id = uuid(),
                     .name = name,
                     .region = r.json.value("region", "us"),
                     .made_at = r.now,
                     .env = {},
                     .domains = {}});
    return {.status = 201, .json = view(apps_.back(), r.now)};
  }

  FakeAnswer set_env(App& a, const FakeRequest& r) const {
    if (!r.json.is_object()) return refusal(400, "the body must be a JSON object");
    for (const auto& [key, value] : r.json.items()) {
      if (value.is_null()) {
        a.env.erase(key);
      } else if (value.is_string()) {
        a.env[key] = value;
      } else {
        return refusal(422, "a config var must be a text or null");
      }
    }
    return {.json = a.env};
  }

  std::vector<App> apps_;
  std::map<std::string, std::vector<Build>> builds_;
  std::vector<std::string> uploaded_;
  std::vector<std::string> tokens_;
  FreePlan plan_ = FreePlan::of_card("heroku");
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::heroku
