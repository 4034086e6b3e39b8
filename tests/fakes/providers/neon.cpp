// A fake of Neon's control API and of the proxy that takes SQL (neon.com/docs/reference/api).
#include <algorithm>
#include <memory>
#include <utility>

#include "tests/fakes/fake_provider.h"
#include "tests/fakes/sql.h"

namespace a67::fakes::neon {
namespace {

constexpr const char* kToken = "napi_fakeKeyOfNeon0123456789";
constexpr const char* kOrganization = "org-ada-12345678";
constexpr const char* kDate = "2026-11-26T10:00:00Z";
constexpr const char* kBase = "/api/v2";

struct Project {
  std::string id;
  std::string name;
  std::string region;
  std::shared_ptr<FakeSql> sql = std::make_shared<FakeSql>();

  [[nodiscard]] std::string connection() const {
    return "postgresql://neondb_owner:npg_secret" + id + "@ep-" + id + "." + region +
           ".aws.neon.tech/neondb?sslmode=require";
  }
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    const std::string base = kBase;
    route("GET", "api", base + "/users/me", [](const FakeRequest&) {
      return FakeAnswer{.json = {{"active_seconds_limit", 0},
                                 {"auth_accounts", Json::array()},
                                 {"email", "ada@example.org"},
                                 {"id", "b2c3"},
                                 {"image", ""},
                                 {"login", "ada"},
                                 {"name", "Ada"},
                                 {"last_name", "L"},
                                 {"projects_limit", 100},
                                 {"branches_limit", 10},
                                 {"max_autoscaling_limit", 2},
                                 {"plan", "free_v3"}}};
    });
    route("GET", "api", base + "/users/me/organizations", [](const FakeRequest&) {
      return FakeAnswer{.json = {{"organizations", Json::array({{{"id", kOrganization},
                                                                 {"name", "Ada's"},
                                                                 {"handle", "ada"},
                                                                 {"plan", "free_v3"},
                                                                 {"created_at", kDate},
                                                                 {"managed_by", "console"},
                                                                 {"updated_at", kDate}}})}}};
    });
    projects();
    tokens();
    route("POST", "sql", "/sql", [this](const FakeRequest& r) { return query(r); });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .region = "aws-eu-central-1"};
  }
  [[nodiscard]] bool is_empty() const override { return projects_.empty() && tokens_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(projects_, name, &Project::name));
  }

 private:
  using OfProject = FakeAnswer (*)(Project&, const FakeRequest&, Fake&);

  void of_project(std::string method, const std::string& rest, OfProject handler) {
    route(std::move(method), "api", std::string(kBase) + "/projects/{id}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find(projects_, r.parts[0], &Project::id);
            return found == projects_.end() ? refusal(404, "project not found")
                                            : handler(*found, r, *this);
          });
  }

  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    return r.host == "sql" || FakeProvider::knows(r);
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"request_id", "r-1"}, {"code", ""}, {"message", message}}};
  }

  // What a list's element and a project by itself have in common.
  static Json base_view(const Project& p) {
    return {{"id", p.id},
            {"platform_id", "aws"},
            {"region_id", "aws-" + p.region},
            {"name", p.name},
            {"provisioner", "k8s-neonvm"},
            {"pg_version", 17},
            {"proxy_host", p.region + ".aws.neon.tech"},
            {"branch_logical_size_limit", 512},
            {"branch_logical_size_limit_bytes", 536'870'912},
            {"store_passwords", true},
            {"cpu_used_sec", 12},
            {"creation_source", "console"},
            {"created_at", kDate},
            {"updated_at", kDate},
            {"synthetic_storage_size", 1024},
            {"owner_id", kOrganization}};
  }
  static Json list_view(const Project& p) {
    Json json = base_view(p);
    json["active_time"] = 30;
    return json;
  }
  static Json view(const Project& p) {
    Json json = base_view(p);
    for (const char* key :
         {"data_storage_bytes_hour", "data_transfer_bytes", "written_data_bytes",
          "compute_time_seconds", "active_time_seconds", "history_retention_seconds"}) {
      json[key] = 0;
    }
    json["consumption_period_start"] = kDate;
    json["consumption_period_end"] = kDate;
    return json;
  }
  static Json database() {
    return {{"id", 1},
            {"branch_id", "br-1"},
            {"name", "neondb"},
            {"owner_name", "neondb_owner"},
            {"created_at", kDate},
            {"updated_at", kDate}};
  }

  static Json branch(const Project& p) {
    Json json = {{"id", "br-1"},
                 {"project_id", p.id},
                 {"name", "production"},
                 {"current_state", "ready"},
                 {"state_changed_at", kDate},
                 {"creation_source", "console"},
                 {"default", true},
                 {"protected", false},
                 {"created_at", kDate},
                 {"updated_at", kDate}};
    for (const char* key : {"cpu_used_sec", "compute_time_seconds", "active_time_seconds",
                            "written_data_bytes", "data_transfer_bytes"}) {
      json[key] = 0;
    }
    return json;
  }

  void projects() {
    const std::string base = kBase;
    route("GET", "api", base + "/projects", [this](const FakeRequest& r) {
      if (r.param("org_id") != kOrganization) return refusal(400, "org_id is required");
      Json all = Json::array();
      if (r.param("cursor").empty())
        for (const Project& one : projects_) all.push_back(list_view(one));
      return FakeAnswer{.json = {{"projects", all},
                                 {"pagination", {{"cursor", "end"}}},
                                 {"applications", Json::object()},
                                 {"integrations", Json::object()}}};
    });
    route("POST", "api", base + "/projects", [this](const FakeRequest& r) { return create(r); });
    of_project("GET", "", [](Project& p, const FakeRequest&, Fake&) {
      return FakeAnswer{.json = {{"project", view(p)}}};
    });
    of_project("DELETE", "", [](Project& p, const FakeRequest&, Fake& f) {
      Json gone = {{"project", view(p)}};
      const std::string id = p.id;
      std::erase_if(f.projects_, [&](const Project& one) { return one.id == id; });
      return FakeAnswer{.json = gone};
    });
    of_project("GET", "/branches", [](Project& p, const FakeRequest&, Fake&) {
      return FakeAnswer{.json = {{"branches", Json::array({branch(p)})},
                                 {"annotations", Json::object()},
                                 {"pagination", Json::object()}}};
    });
    of_project("GET", "/branches/{branch}/databases", [](Project&, const FakeRequest&, Fake&) {
      return FakeAnswer{.json = {{"databases", Json::array({database()})}}};
    });
    of_project("GET", "/connection_uri", [](Project& p, const FakeRequest& r, Fake& f) {
      if (r.param("database_name") != "neondb" || r.param("role_name") != "neondb_owner")
        return f.refusal(404, "database or role not found");
      return FakeAnswer{.json = {{"uri", p.connection()}}};
    });
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"project"})) return *odd;
    const Json& project = r.json["project"];
    if (auto odd = unknown_field(project, {"name", "region_id", "org_id", "pg_version"}))
      return *odd;
    if (project.value("org_id", "") != kOrganization) return refusal(400, "org_id is required");
    const std::string region = project.value("region_id", "aws-us-east-2");
    if (!region.starts_with("aws-")) return refusal(400, "region is not supported");
    projects_.push_back(
        {.id = make_id("shy-sun-"), .name = project["name"], .region = region.substr(4)});
    const Project& made = projects_.back();
    Json uri = {{"connection_uri", made.connection()},
                {"connection_parameters",
                 {{"database", "neondb"},
                  {"password", "npg_secret" + made.id},
                  {"role", "neondb_owner"},
                  {"host", "ep-" + made.id},
                  {"pooler_host", "ep-" + made.id + "-pooler"}}}};
    // Every second creation keeps its connection to itself, so that it has to be looked up.
    return {.status = 201,
            .json = {
                {"project", view(made)},
                {"connection_uris", projects_made_++ % 2 == 0 ? Json::array() : Json::array({uri})},
                {"roles", Json::array()},
                {"databases", Json::array({database()})},
                {"operations", Json::array()},
                {"branch", branch(made)},
                {"endpoints", Json::array()}}};
  }

  void tokens() {
    const std::string base = kBase;
    route("POST", "api", base + "/api_keys", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"key_name"})) return *odd;
      tokens_.push_back(std::to_string(tokens_made_++));
      return FakeAnswer{.json = {{"id", std::stoi(tokens_.back())},
                                 {"key", "napi_another"},
                                 {"name", r.json["key_name"]},
                                 {"created_at", kDate},
                                 {"created_by", "62df8a0c-0000-4000-8000-000000000000"}}};
    });
    route("DELETE", "api", base + "/api_keys/{id}", [this](const FakeRequest& r) {
      if (std::erase(tokens_, r.parts[0]) == 0) return refusal(404, "no such key");
      return FakeAnswer{.json = {{"id", std::stoi(r.parts[0])},
                                 {"name", "a67-next"},
                                 {"created_at", kDate},
                                 {"created_by", "62df8a0c-0000-4000-8000-000000000000"},
                                 {"last_used_from_addr", ""},
                                 {"revoked", true}}};
    });
  }

  // What the preflight does not allow is refused, as a browser would.
  FakeAnswer query(const FakeRequest& r) {
    if (!r.header("content-type").empty()) return refusal(400, "Content-Type fails the preflight");
    const std::string connection = r.header("neon-connection-string");
    const auto found = std::ranges::find(projects_, connection, &Project::connection);
    if (found == projects_.end()) return refusal(400, "password authentication failed");
    if (r.own_host != "api." + found->region + ".aws.neon.tech")
      return refusal(400, "wrong region");
    if (auto odd = unknown_field(r.json, {"query", "params"})) return *odd;
    const SqlOutcome outcome = found->sql->run(r.json["query"], r.json["params"]);
    if (!outcome.error.empty()) {
      return {.status = 400,
              .json = {{"message", outcome.error}, {"code", "42601"}, {"severity", "ERROR"}}};
    }
    Json fields = Json::array();
    for (const std::string& name : outcome.columns) {
      fields.push_back({{"name", name}, {"dataTypeID", 25}, {"tableID", 1}, {"format", "text"}});
    }
    return {.json = {{"command", outcome.reads ? "SELECT" : "INSERT"},
                     {"rowCount", outcome.reads ? static_cast<std::int64_t>(outcome.rows.size())
                                                : outcome.affected},
                     {"fields", fields},
                     {"rows", outcome.rows},
                     {"rowAsArray", r.header("neon-array-mode") == "true"}}};
  }

  std::vector<Project> projects_;
  std::vector<std::string> tokens_;
  std::uint32_t projects_made_ = 0;
  int tokens_made_ = 1;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::neon
