// A fake of the MongoDB Atlas Admin API (mongodb.com/docs/atlas/reference/api-resources-spec/v2).
#include <algorithm>
#include <utility>

#include "engine/providers/authorize.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::atlas {
namespace {

constexpr const char* kClient = "mdb_sa_id_fake0123456789";
constexpr const char* kSecret = "mdb_sa_sk_fakeSecretOfAtlas012";
constexpr const char* kToken = "eyJfakeAccessTokenOfAtlas";
constexpr const char* kProject = "65a0c0ffee00000000000001";
constexpr const char* kOrganization = "65a0c0ffee00000000000002";
constexpr const char* kProcess = "atlas-abc-shard-00-00.x1.mongodb.net:27017";
constexpr const char* kDate = "2026-11-26T10:00:00Z";
constexpr std::int64_t kChangeTime = 30'000;
constexpr const char* kBase = "/api/atlas/v2";

struct Cluster {
  std::string name;
  Json specs;
  UnixMs made_at = 0;
  UnixMs removed_at = 0;
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("POST", "api", "/api/oauth/token", [this](const FakeRequest& r) {
      if (r.body != "grant_type=client_credentials" ||
          r.header("content-type") != "application/x-www-form-urlencoded") {
        return refusal(400, "unsupported grant type");
      }
      return FakeAnswer{
          .json = {{"access_token", kToken}, {"expires_in", 3600}, {"token_type", "Bearer"}}};
    });
    admin("GET", "/orgs", [](const FakeRequest&) {
      return paged(Json::array({{{"id", kOrganization}, {"name", "Ada's"}}}));
    });
    admin("GET", "/groups", [](const FakeRequest&) {
      return paged(Json::array({{{"id", kProject},
                                 {"name", "a67"},
                                 {"orgId", kOrganization},
                                 {"clusterCount", 0},
                                 {"created", kDate}}}));
    });
    clusters();
    measurements();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"key", kClient}, {"secret", kSecret}}, .region = "EU_CENTRAL_1"};
  }
  [[nodiscard]] bool is_empty() const override {
    return std::ranges::all_of(clusters_, [](const Cluster& one) { return one.removed_at != 0; });
  }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count_if(
        clusters_, [&](const Cluster& one) { return one.name == name && one.removed_at == 0; }));
  }

 private:
  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    return r.header("authorization") ==
           (r.path == "/api/oauth/token"
                ? "Basic " + base64_encode(std::string(kClient) + ":" + kSecret)
                : std::string("Bearer ") + kToken);
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status,
            .json = {{"error", status}, {"errorCode", "REFUSED"}, {"detail", message}}};
  }

  void admin(std::string method, const std::string& rest, Handler handler) {
    route(std::move(method), "api", kBase + rest,
          [this, handler = std::move(handler)](const FakeRequest& r) {
            if (!r.header("accept").starts_with("application/vnd.atlas.2"))
              return refusal(406, "a version is needed");
            return handler(r);
          });
  }

  static FakeAnswer paged(Json results) {
    const std::size_t count = results.size();
    return {
        .json = {{"links", Json::array()}, {"results", std::move(results)}, {"totalCount", count}}};
  }

  Cluster* find(const std::string& name, UnixMs now) {
    std::erase_if(clusters_, [&](const Cluster& one) {
      return one.removed_at != 0 && now - one.removed_at > kChangeTime;
    });
    const auto found = std::ranges::find(clusters_, name, &Cluster::name);
    return found == clusters_.end() ? nullptr : &*found;
  }

  static Json view(const Cluster& c, UnixMs now) {
    Json json = {{"id", "65a0c0ffee00000000000003"}, {"groupId", kProject}, {"name", c.name},
                 {"clusterType", "REPLICASET"},      {"createDate", kDate}, {"paused", false},
                 {"replicationSpecs", c.specs},      {"stateName", "IDLE"}};
    if (now - c.made_at < kChangeTime) json["stateName"] = "CREATING";
    if (c.removed_at != 0) json["stateName"] = "DELETING";
    if (json["stateName"] == "IDLE") {
      json["connectionStrings"] = {{"standardSrv", "mongodb+srv://" + c.name + ".x1.mongodb.net"}};
    }
    return json;
  }

  void clusters() {
    const std::string base = std::string("/groups/") + kProject + "/clusters";
    admin("GET", base, [this](const FakeRequest& r) {
      find("", r.now);
      Json all = Json::array();
      for (const Cluster& one : clusters_) all.push_back(view(one, r.now));
      return paged(all);
    });
    admin("POST", base, [this](const FakeRequest& r) { return create(r); });
    admin("GET", base + "/{name}", [this](const FakeRequest& r) {
      const Cluster* cluster = find(r.parts[0], r.now);
      return cluster == nullptr ? refusal(404, "No cluster named " + r.parts[0])
                                : FakeAnswer{.json = view(*cluster, r.now)};
    });
    admin("DELETE", base + "/{name}", [this](const FakeRequest& r) {
      Cluster* cluster = find(r.parts[0], r.now);
      if (cluster == nullptr) return refusal(404, "No cluster named " + r.parts[0]);
      if (cluster->removed_at != 0) {
        FakeAnswer late = refusal(400, "The cluster is already to be deleted.");
        late.json["errorCode"] = "CLUSTER_ALREADY_REQUESTED_DELETION";
        return late;
      }
      cluster->removed_at = r.now;
      return FakeAnswer{.status = 202};
    });
  }

  FakeAnswer create(const FakeRequest& r) {
    if (r.header("content-type") != "application/vnd.atlas.2024-10-23+json")
      return refusal(415, "content type");
    if (auto odd = unknown_field(r.json, {"name", "clusterType", "replicationSpecs"})) return *odd;
    const Json& region = r.json["replicationSpecs"][0]["regionConfigs"][0];
    if (auto odd = unknown_field(region, {"providerName", "backingProviderName", "regionName",
                                          "priority", "electableSpecs"})) {
      return *odd;
    }
    if (region["providerName"] != "TENANT" || region["electableSpecs"]["instanceSize"] != "M0")
      return refusal(400, "only free clusters here");
    if (find(r.json["name"], r.now) != nullptr) return refusal(409, "DUPLICATE_CLUSTER_NAME");
    clusters_.push_back(
        {.name = r.json["name"], .specs = r.json["replicationSpecs"], .made_at = r.now});
    return {.status = 201, .json = view(clusters_.back(), r.now)};
  }

  void measurements() {
    const std::string base = std::string("/groups/") + kProject + "/processes";
    admin("GET", base, [](const FakeRequest&) {
      return paged(Json::array({{{"id", kProcess},
                                 {"groupId", kProject},
                                 {"typeName", "REPLICA_PRIMARY"},
                                 {"userAlias", "a67-shard-00-00.x1.mongodb.net"}}}));
    });
    admin("GET", base + "/{process}/databases",
          [](const FakeRequest&) { return paged(Json::array({{{"databaseName", "things"}}})); });
    admin("GET", base + "/{process}/databases/{name}/measurements", [this](const FakeRequest& r) {
      if (r.param("granularity") != "PT1H" || r.param("period") != "P1D" ||
          r.param("m") != "DATABASE_STORAGE_SIZE") {
        return refusal(400, "granularity, period and m are needed");
      }
      Json points = Json::array({{{"timestamp", kDate}, {"value", 4096}}, {{"timestamp", kDate}}});
      return FakeAnswer{.json = {{"databaseName", r.parts[1]},
                                 {"groupId", kProject},
                                 {"granularity", "PT1H"},
                                 {"processId", kProcess},
                                 {"measurements", Json::array({{{"name", "DATABASE_STORAGE_SIZE"},
                                                                {"units", "BYTES"},
                                                                {"dataPoints", points}}})}}};
    });
  }

  std::vector<Cluster> clusters_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::atlas
