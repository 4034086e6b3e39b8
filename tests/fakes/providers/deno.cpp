// A fake of Deno Deploy's API, after the types of @deno/sandbox.
#include <algorithm>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::deno {
namespace {

constexpr const char* kToken = "ddo_fakeTokenOfDeno0123456789";

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/v2/apps", [this](const FakeRequest& r) { return list(r); });
    route("POST", "api", "/v2/apps", [this](const FakeRequest& r) { return create(r); });
    of_app("GET", "",
           [](App& a, const FakeRequest&, Fake& f) { return FakeAnswer{.json = f.view(a)}; });
    of_app("PATCH", "", [](App& a, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"slug", "labels", "env_vars", "config", "layers"}))
        return *odd;
      if (auto odd = f.odd_labels(r.json)) return *odd;
      a.labels = r.json.value("labels", a.labels);
      return FakeAnswer{.json = f.view(a)};
    });
    of_app("DELETE", "", [](App& a, const FakeRequest&, Fake& f) {
      const std::string id = a.id;
      std::erase_if(f.apps_, [&](const App& one) { return one.id == id; });
      return FakeAnswer{.status = 204};
    });
    of_app("POST", "/deploy", [](App& a, const FakeRequest& r, Fake& f) { return f.deploy(a, r); });
    of_app("GET", "/revisions", [](App& a, const FakeRequest& r, Fake& f) {
      Json all = Json::array();
      for (auto at = a.revisions.rbegin(); at != a.revisions.rend(); ++at) {
        all.push_back(f.view(*at, r.now));
      }
      return FakeAnswer{.json = all};
    });
    of_app("GET", "/timelines", [](App& a, const FakeRequest&, Fake&) {
      Json domains = Json::array();
      domains.push_back({{"domain", a.slug + ".adas-org.deno.net"}});
      Json timeline = {{"slug", "production"},
                       {"partition", Json::object()},
                       {"app", {{"id", a.id}, {"slug", a.slug}}},
                       {"context", {{"slug", "production"}}},
                       {"domains", domains}};
      return FakeAnswer{.json = Json::array({timeline})};
    });
    route("GET", "api", "/v2/revisions/{id}", [this](const FakeRequest& r) {
      for (const App& one : apps_) {
        const auto found = std::ranges::find(one.revisions, r.parts[0], &Deployment::id);
        if (found != one.revisions.end()) return FakeAnswer{.json = view(*found, r.now)};
      }
      return refusal(404, "The requested revision was not found");
    });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .settings = {{"organization", "adas-org"}}};
  }
  [[nodiscard]] bool is_empty() const override { return apps_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(apps_, name, &App::slug));
  }

 private:
  struct App {
    std::string id;
    std::string slug;
    Json labels = Json::object();
    UnixMs made_at = 0;
    std::vector<Deployment> revisions;
  };
  using OfApp = FakeAnswer (*)(App&, const FakeRequest&, Fake&);

  void of_app(std::string method, const std::string& rest, OfApp handler) {
    route(std::move(method), "api", "/v2/apps/{app}" + rest, [this, handler](const FakeRequest& r) {
      const auto found = std::ranges::find_if(
          apps_, [&](const App& one) { return one.id == r.parts[0] || one.slug == r.parts[0]; });
      return found == apps_.end() ? refusal(404, "The requested app was not found")
                                  : handler(*found, r, *this);
    });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    const char* code = status == 401   ? "INVALID_TOKEN"
                       : status == 404 ? "NOT_FOUND"
                                       : "BAD_REQUEST";
    return {.status = status, .json = {{"code", code}, {"message", message}}};
  }

  [[nodiscard]] static Json view(const App& a) {
    return {{"id", a.id},
            {"slug", a.slug},
            {"labels", a.labels},
            {"env_vars", Json::array()},
            {"config", Json::object()},
            {"layers", Json::array()},
            {"created_at", rfc3339_from(a.made_at)},
            {"updated_at", rfc3339_from(a.made_at)}};
  }

  [[nodiscard]] Json view(const Deployment& d, UnixMs now) const {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "queued"},
                                                        {Phase::kBuilding, "building"},
                                                        {Phase::kDeploying, "building"},
                                                        {Phase::kLive, "succeeded"},
                                                        {Phase::kFailed, "failed"}};
    const Phase phase = phase_of(d, now);
    return {{"id", d.id},
            {"status", kWords.at(phase)},
            {"failure_reason", phase == Phase::kFailed ? Json("error") : Json()},
            {"created_at", rfc3339_from(d.at)}};
  }

  [[nodiscard]] std::optional<FakeAnswer> odd_labels(const Json& body) const {
    const Json labels = body.value("labels", Json::object());
    const bool texts = std::ranges::all_of(labels, [](const Json& one) { return one.is_string(); });
    return labels.size() <= 5 && texts ? std::nullopt
                                       : std::optional(refusal(400, "labels: at most 5 texts"));
  }

  FakeAnswer list(const FakeRequest& r) {
    const std::size_t size =
        page_size(r.param("limit").empty() ? 30 : std::stoul(r.param("limit")));
    const std::size_t begin = r.param("cursor").empty() ? 0 : std::stoul(r.param("cursor"));
    FakeAnswer answer{.json = Json::array()};
    std::size_t at = begin;
    for (; at < apps_.size() && answer.json.size() < size; ++at) {
      answer.json.push_back(view(apps_[at]));
    }
    if (at < apps_.size()) {
      answer.headers.emplace_back("Link", "<https://api.deno.com/v2/apps?cursor=" +
                                              std::to_string(at) + "&limit=1>; rel=\"next\"");
    }
    return answer;
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"slug", "labels", "env_vars", "config", "layers"}))
      return *odd;
    if (auto odd = odd_labels(r.json)) return *odd;
    const std::string slug = r.json.value("slug", make_id("random-"));
    if (count_named(slug) != 0) return refusal(409, "The slug is in use");
    apps_.push_back({.id = make_id("app-"),
                     .slug = slug,
                     .labels = r.json.value("labels", Json::object()),
                     .made_at = r.now});
    return {.json = view(apps_.back())};
  }

  FakeAnswer deploy(App& a, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"assets", "config", "layers", "env_vars", "labels",
                                          "production", "preview"})) {
      return *odd;
    }
    for (const Json& one : r.json.value("assets", Json::object())) {
      if (auto odd = unknown_field(one, {"kind", "encoding", "content"})) return *odd;
    }
    for (const Json& one : r.json.value("env_vars", Json::array())) {
      if (auto odd = unknown_field(one, {"key", "value"})) return *odd;
    }
    const Json runtime = r.json.value("config", Json::object()).value("runtime", Json::object());
    if (auto odd = unknown_field(runtime, {"type", "entrypoint", "args", "cwd", "spa"}))
      return *odd;
    const bool dynamic = runtime.value("type", "") == "dynamic";
    if (dynamic && !r.json["assets"].contains(runtime.value("entrypoint", ""))) {
      return refusal(400, "the entrypoint is none of the assets");
    }
    if (!dynamic && runtime.value("cwd", "").empty()) return refusal(400, "cwd is needed");
    a.revisions.push_back(make_deployment(r.now));
    return {.status = 202, .json = view(a.revisions.back(), r.now)};
  }

  std::vector<App> apps_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::deno
