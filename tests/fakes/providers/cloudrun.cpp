// A fake of Google Cloud Run's API v2 (google.cloud.run.v2) and of Cloud Logging's entries:list.
#include <algorithm>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::cloudrun {
namespace {

constexpr const char* kToken = "ya29.fakeTokenOfGoogle0123456789";
constexpr const char* kProject = "adas-project";
constexpr const char* kParent = "projects/adas-project/locations/europe-west1";

class Fake final : public FakeProvider {
 public:
  Fake() {
    const std::string services = "/v2/projects/{project}/locations/{location}/services";
    in_project("GET", services, [](const FakeRequest& r, Fake& f) { return f.list(r); });
    in_project("POST", services, [](const FakeRequest& r, Fake& f) { return f.create(r); });
    of_service("GET", [](Service& s, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(s, r.now)};
    });
    of_service("PATCH", [](Service& s, const FakeRequest& r, Fake& f) { return f.change(s, r); });
    of_service("DELETE", [](Service& s, const FakeRequest& r, Fake& f) {
      // The service is gone when the operation is done.
      s.removed_by = f.make_deployment(r.now);
      s.removed_by->fails = false;
      return f.operation(*s.removed_by, r.now);
    });
    in_project("GET", "/v2/projects/{project}/locations/{location}/operations/{operation}",
               [](const FakeRequest& r, Fake& f) { return f.operation_named(r); });
    route("POST", "logging", "/v2/entries:list", [this](const FakeRequest& r) { return logs(r); });
    route("GET", "monitoring", "/v3/projects/{project}/timeSeries",
          [this](const FakeRequest& r) { return time_series(r); });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}},
            .settings = {{"project", kProject}, {"region", "europe-west1"}},
            .sources = {{"compute.image",
                         {{"kind", "image"}, {"image", "docker.io/library/nginx:1.27"}}}},
            .create = {{"port", 80}, {"healthPath", "/"}}};
  }
  [[nodiscard]] bool is_empty() const override { return services_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(services_, name, &Service::name));
  }

 private:
  struct Service {
    std::string name;
    Json body;
    UnixMs made_at = 0;
    int generation = 1;
    std::vector<Deployment> deployments;
    std::optional<Deployment> removed_by;
  };
  using InProject = FakeAnswer (*)(const FakeRequest&, Fake&);
  using OfService = FakeAnswer (*)(Service&, const FakeRequest&, Fake&);

  void in_project(std::string method, const std::string& path, InProject handler) {
    route(std::move(method), "api", path, [this, handler](const FakeRequest& r) {
      finish_removals(r.now);
      const std::string parent = "projects/" + r.parts[0] + "/locations/" + r.parts[1];
      return parent == kParent ? handler(r, *this) : refusal(403, "Permission denied on " + parent);
    });
  }

  void of_service(std::string method, OfService handler) {
    route(std::move(method), "api", "/v2/projects/{project}/locations/{location}/services/{name}",
          [this, handler](const FakeRequest& r) {
            finish_removals(r.now);
            const auto found = std::ranges::find(services_, r.parts[2], &Service::name);
            return found == services_.end() ? refusal(404, "Resource was not found")
                                            : handler(*found, r, *this);
          });
  }

  void finish_removals(UnixMs now) {
    std::erase_if(services_, [&](const Service& one) {
      const bool done = one.removed_by && phase_of(*one.removed_by, now) == Phase::kLive;
      if (done) removals_.push_back(one.removed_by->id);
      return done;
    });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    static const std::map<int, const char*> kWords = {{400, "INVALID_ARGUMENT"},
                                                      {401, "UNAUTHENTICATED"},
                                                      {403, "PERMISSION_DENIED"},
                                                      {404, "NOT_FOUND"},
                                                      {409, "ALREADY_EXISTS"}};
    const auto word = kWords.find(status);
    return {.status = status,
            .json = {{"error",
                      {{"code", status},
                       {"message", message},
                       {"status", word == kWords.end() ? "UNKNOWN" : word->second}}}}};
  }

  [[nodiscard]] std::string etag(const Service& s) const {
    return "\"" + s.name + "-" + std::to_string(s.generation) + "\"";
  }

  [[nodiscard]] Json view(const Service& s, UnixMs now) const {
    Json service = s.body;
    const Phase phase = phase_of(s.deployments.back(), now);
    const bool ends = phase == Phase::kLive || phase == Phase::kFailed;
    const char* state = phase == Phase::kLive     ? "CONDITION_SUCCEEDED"
                        : phase == Phase::kFailed ? "CONDITION_FAILED"
                                                  : "CONDITION_RECONCILING";
    service.update({{"name", std::string(kParent) + "/services/" + s.name},
                    {"uid", "uid-" + s.name},
                    {"generation", std::to_string(s.generation)},
                    {"createTime", rfc3339_from(s.made_at)},
                    {"updateTime", rfc3339_from(s.made_at)},
                    {"uri", "https://" + s.name + "-abc123-ew.a.run.app"},
                    {"terminalCondition", {{"type", "Ready"}, {"state", state}}},
                    {"etag", etag(s)}});
    // Google leaves out what is false.
    if (!ends) service["reconciling"] = true;
    if (phase == Phase::kFailed) {
      service["terminalCondition"]["message"] = "The user-provided container failed to start";
    }
    return service;
  }

  [[nodiscard]] FakeAnswer operation(const Deployment& d, UnixMs now) const {
    Json answer = {{"name", std::string(kParent) + "/operations/" + d.id},
                   {"metadata", {{"@type", "type.googleapis.com/google.cloud.run.v2.Service"}}}};
    const Phase phase = phase_of(d, now);
    if (phase == Phase::kLive || phase == Phase::kFailed) answer["done"] = true;
    if (phase == Phase::kFailed) {
      answer["error"] = {{"code", 9}, {"message", "The user-provided container failed to start"}};
    } else if (phase == Phase::kLive) {
      answer["response"] = {{"@type", "type.googleapis.com/google.cloud.run.v2.Service"}};
    }
    return {.json = answer};
  }

  FakeAnswer operation_named(const FakeRequest& r) {
    for (const Service& one : services_) {
      const auto found = std::ranges::find(one.deployments, r.parts[2], &Deployment::id);
      if (found != one.deployments.end()) return operation(*found, r.now);
      if (one.removed_by && one.removed_by->id == r.parts[2]) {
        return operation(*one.removed_by, r.now);
      }
    }
    if (std::ranges::contains(removals_, r.parts[2])) {
      return {
          .json = {{"name", std::string(kParent) + "/operations/" + r.parts[2]}, {"done", true}}};
    }
    return refusal(404, "Operation was not found");
  }

  // Fields of google.cloud.run.v2.Service that this fake knows, and of what is in it.
  [[nodiscard]] std::optional<FakeAnswer> odd_service(const Json& body) const {
    if (auto odd =
            unknown_field(body, {"invokerIamDisabled", "ingress", "scaling", "template", "etag"})) {
      return odd;
    }
    if (body.contains("scaling")) {
      if (auto odd = unknown_field(body["scaling"], {"scalingMode", "manualInstanceCount",
                                                     "minInstanceCount", "maxInstanceCount"})) {
        return odd;
      }
    }
    if (!body.contains("template")) return std::nullopt;
    if (auto odd = unknown_field(body["template"], {"containers", "annotations"})) return odd;
    const Json containers = body["template"].value("containers", Json::array());
    if (containers.size() != 1) return refusal(400, "one container is needed");
    if (auto odd =
            unknown_field(containers[0], {"image", "env", "ports", "command", "startupProbe"})) {
      return odd;
    }
    for (const Json& one : containers[0].value("env", Json::array())) {
      if (auto odd = unknown_field(one, {"name", "value"})) return odd;
    }
    return std::nullopt;
  }

  FakeAnswer list(const FakeRequest& r) {
    const std::size_t size =
        page_size(r.param("pageSize").empty() ? 100 : std::stoul(r.param("pageSize")));
    std::size_t at = r.param("pageToken").empty() ? 0 : std::stoul(r.param("pageToken"));
    Json page = Json::array();
    for (; at < services_.size() && page.size() < size; ++at) {
      page.push_back(view(services_[at], r.now));
    }
    Json answer = Json::object();
    if (!page.empty()) answer["services"] = page;  // nothing is left out, as Google does
    if (at < services_.size()) answer["nextPageToken"] = std::to_string(at);
    return {.json = answer};
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = odd_service(r.json)) return *odd;
    const std::string name = r.param("serviceId");
    if (name.empty()) return refusal(400, "serviceId is needed");
    if (count_named(name) != 0) return refusal(409, "Resource '" + name + "' already exists.");
    Service made{.name = name, .body = r.json, .made_at = r.now};
    made.deployments.push_back(make_deployment(r.now));
    services_.push_back(made);
    return operation(made.deployments.back(), r.now);
  }

  FakeAnswer change(Service& s, const FakeRequest& r) {
    if (auto odd = odd_service(r.json)) return *odd;
    if (r.json.contains("etag") && r.json["etag"] != etag(s)) return refusal(409, "etag differs");
    const std::string mask = r.param("updateMask");
    if (mask != "template" && mask != "scaling") return refusal(400, "this fake wants one mask");
    s.body[mask] = r.json[mask];
    ++s.generation;
    if (mask == "template") {
      s.deployments.push_back(make_deployment(r.now));
      return operation(s.deployments.back(), r.now);
    }
    return {
        .json = {{"name", std::string(kParent) + "/operations/" + make_id("op-")}, {"done", true}}};
  }

  FakeAnswer logs(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json,
                                 {"resourceNames", "filter", "orderBy", "pageSize", "pageToken"})) {
      return *odd;
    }
    if (r.json["resourceNames"] != Json({std::string("projects/") + kProject})) {
      return refusal(403, "Permission denied");
    }
    Json entry = {{"logName", "projects/adas-project/logs/run.googleapis.com%2Fstdout"},
                  {"timestamp", rfc3339_from(r.now)},
                  {"severity", "INFO"},
                  {"textPayload", "listening on 80"}};
    return {.json = {{"entries", Json::array({entry})}}};
  }

  // One series, as a reducer leaves it; whoever asks for a distribution raw is refused.
  FakeAnswer time_series(const FakeRequest& r) {
    for (const auto& [name, value] : r.query) {
      if (name != "filter" && !name.starts_with("interval.") && !name.starts_with("aggregation."))
        return refusal(400, "unknown parameter: " + name);
    }
    const std::string filter = r.param("filter");
    const std::string begin = "metric.type=\"run.googleapis.com/";
    const std::string period = r.param("aggregation.alignmentPeriod");
    if (r.parts[0] != kProject) return refusal(403, "Permission denied");
    if (!filter.starts_with(begin)) return refusal(400, "filter");
    if (!filter.ends_with("\" AND resource.type=\"cloud_run_revision\""
                          " AND resource.labels.location=\"europe-west1\""
                          " AND resource.labels.service_name=\"a67-image\"")) {
      return {.json = Json::object()};
    }
    const auto from = unix_ms_from(r.param("interval.startTime"));
    const auto to = unix_ms_from(r.param("interval.endTime"));
    if (from == 0 || to < from) return refusal(400, "interval");
    if (!period.ends_with("s") || std::stoll(period) < 60) return refusal(400, "alignmentPeriod");
    const std::string type =
        filter.substr(begin.size(), filter.find('"', begin.size()) - begin.size());
    static const std::map<std::string, std::string> kAligners = {
        {"container/cpu/utilizations", "ALIGN_PERCENTILE_99"},
        {"container/memory/utilizations", "ALIGN_PERCENTILE_99"},
        {"request_latencies", "ALIGN_PERCENTILE_99"},
        {"request_count", "ALIGN_RATE"},
        {"container/network/sent_bytes_count", "ALIGN_RATE"}};
    const auto known = kAligners.find(type);
    if (known == kAligners.end()) return refusal(404, "Cannot find metric " + type);
    if (r.param("aggregation.perSeriesAligner") != known->second)
      return refusal(400, "The aligner does not fit the metric's kind and type");
    Json points = Json::array();
    for (auto at = to; at > from; at -= std::stoll(period) * 1000) {
      points.push_back(
          {{"interval", {{"startTime", rfc3339_from(at)}, {"endTime", rfc3339_from(at)}}},
           {"value", {{"doubleValue", 0.25}}}});
    }
    return {
        .json = {{"timeSeries", Json::array({{{"metric", {{"type", "run.googleapis.com/" + type}}},
                                              {"resource", {{"type", "cloud_run_revision"}}},
                                              {"metricKind", "GAUGE"},
                                              {"valueType", "DOUBLE"},
                                              {"points", points}}})}}};
  }

  std::vector<Service> services_;
  std::vector<std::string> removals_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::cloudrun
