// A fake of Turso's platform API and of its databases' HTTP interface
// (docs.turso.tech/api-reference, docs.turso.tech/sdk/http).
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "tests/fakes/fake_provider.h"
#include "tests/fakes/sql.h"

namespace a67::fakes::turso {
namespace {

constexpr const char* kToken = "eyJfakePlatformTokenOfTurso";
constexpr const char* kRegion = "aws-eu-west-1";
constexpr const char* kBase = "/v1/organizations/ada";

class Fake final : public FakeProvider {
 public:
  Fake() {
    const std::string base = kBase;
    route("GET", "api", "/v1/auth/validate",
          [](const FakeRequest&) { return FakeAnswer{.json = {{"exp", 1'827'223'200}}}; });
    route("GET", "api", "/v1/organizations", [](const FakeRequest&) {
      return FakeAnswer{
          .json = Json::array({{{"name", "Ada"}, {"slug", "ada"}, {"type", "personal"}}})};
    });
    route("GET", "api", base + "/groups", [this](const FakeRequest&) {
      Json groups = Json::array();
      for (const std::string& name : groups_) groups.push_back(group_view(name));
      return FakeAnswer{.json = {{"groups", groups}}};
    });
    route("POST", "api", base + "/groups", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "location", "extensions"})) return *odd;
      if (r.json["location"] != kRegion) return refusal(400, "unknown location");
      groups_.push_back(r.json["name"]);
      return FakeAnswer{.json = {{"group", group_view(groups_.back())}}};
    });
    route("GET", "api", base + "/usage", [this](const FakeRequest&) {
      Json usage = {{"rows_read", 10},  {"rows_written", 2},     {"databases", databases_.size()},
                    {"locations", 1},   {"storage_bytes", 4096}, {"groups", 1},
                    {"bytes_synced", 0}};
      return FakeAnswer{
          .json = {
              {"organization", {{"uuid", "u-1"}, {"usage", usage}, {"databases", Json::array()}}}}};
    });
    databases();
    tokens();
    route("POST", "data", "/v2/pipeline", [this](const FakeRequest& r) { return pipeline(r); });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .create = {{"sqlMarker", "?"}}, .region = kRegion};
  }
  [[nodiscard]] bool is_empty() const override { return databases_.empty() && tokens_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return databases_.count(name);
  }

 private:
  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    if (r.host == "api") return FakeProvider::knows(r);
    const std::string name = r.own_host.substr(0, r.own_host.find("-ada."));
    return databases_.contains(name) && r.header("authorization") == "Bearer jwt-of-" + name;
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"error", message}}};
  }

  static Json group_view(const std::string& name) {
    return {{"name", name},           {"version", "v0.25.1"}, {"uuid", "u-2"},
            {"locations", {kRegion}}, {"primary", kRegion},   {"delete_protection", false}};
  }
  static Json view(const std::string& name) {
    return {{"Name", name},
            {"DbId", "u-3"},
            {"Hostname", name + "-ada." + kRegion + ".turso.io"},
            {"block_reads", false},
            {"block_writes", false},
            {"regions", {kRegion}},
            {"primaryRegion", kRegion},
            {"group", "default"},
            {"delete_protection", false}};
  }

  void databases() {
    const std::string base = std::string(kBase) + "/databases";
    route("GET", "api", base, [this](const FakeRequest&) {
      Json all = Json::array();
      for (const auto& [name, sql] : databases_) all.push_back(view(name));
      return FakeAnswer{.json = {{"databases", all}}};
    });
    route("POST", "api", base, [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "group", "size_limit"})) return *odd;
      if (!std::ranges::contains(groups_, r.json.value("group", "")))
        return refusal(400, "group not found");
      const std::string name = r.json["name"];
      if (!databases_.emplace(name, std::make_shared<FakeSql>()).second)
        return refusal(409, "database already exists");
      Json made = view(name);
      return FakeAnswer{
          .json = {{"database",
                    {{"DbId", made["DbId"]}, {"Hostname", made["Hostname"]}, {"Name", name}}}}};
    });
    route("GET", "api", base + "/{name}", [this](const FakeRequest& r) {
      return databases_.contains(r.parts[0]) ? FakeAnswer{.json = {{"database", view(r.parts[0])}}}
                                             : refusal(404, "could not find database");
    });
    route("DELETE", "api", base + "/{name}", [this](const FakeRequest& r) {
      return databases_.erase(r.parts[0]) == 0 ? refusal(404, "could not find database")
                                               : FakeAnswer{.json = {{"database", r.parts[0]}}};
    });
    route("POST", "api", base + "/{name}/auth/tokens", [this](const FakeRequest& r) {
      if (!databases_.contains(r.parts[0])) return refusal(404, "could not find database");
      if (r.param("authorization") != "full-access") return refusal(400, "authorization");
      return FakeAnswer{.json = {{"jwt", "jwt-of-" + r.parts[0]}}};
    });
  }

  void tokens() {
    const std::string path = "/v1/auth/api-tokens/{name}";
    route("POST", "api", path, [this](const FakeRequest& r) {
      tokens_.push_back(r.parts[0]);
      return FakeAnswer{.json = {{"name", r.parts[0]}, {"id", "t-1"}, {"token", "eyJanother"}}};
    });
    route("DELETE", "api", path, [this](const FakeRequest& r) {
      return std::erase(tokens_, r.parts[0]) == 0 ? refusal(404, "no such token")
                                                  : FakeAnswer{.json = {{"token", r.parts[0]}}};
    });
  }

  static Json typed(const Json& cell) {
    if (cell.is_null()) return {{"type", "null"}};
    if (cell.is_number_integer()) return {{"type", "integer"}, {"value", cell.dump()}};
    if (cell.is_number()) return {{"type", "float"}, {"value", cell}};
    return {{"type", "text"}, {"value", cell}};
  }

  static Json untyped(const Json& argument) {
    const std::string type = argument.value("type", "");
    if (type == "null") return nullptr;
    if (type == "integer") return std::stoll(argument["value"].get<std::string>());
    return argument["value"];
  }

  Json execute(const std::string& database, const Json& statement) {
    Json params = Json::array();
    for (const Json& one : statement.value("args", Json::array())) params.push_back(untyped(one));
    const SqlOutcome outcome = databases_[database]->run(statement["sql"], params);
    if (!outcome.error.empty()) {
      return {{"type", "error"},
              {"error", {{"message", "SQLite error: " + outcome.error}, {"code", "SQLITE_ERROR"}}}};
    }
    Json columns = Json::array();
    for (const std::string& name : outcome.columns)
      columns.push_back({{"name", name}, {"decltype", nullptr}});
    Json rows = Json::array();
    for (const auto& one : outcome.rows) {
      Json row = Json::array();
      for (const Json& cell : one) row.push_back(typed(cell));
      rows.push_back(row);
    }
    Json result = {{"cols", columns},
                   {"rows", rows},
                   {"affected_row_count", outcome.affected},
                   {"last_insert_rowid", nullptr}};
    return {{"type", "ok"}, {"response", {{"type", "execute"}, {"result", result}}}};
  }

  FakeAnswer pipeline(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"baton", "requests"})) return *odd;
    const std::string name = r.own_host.substr(0, r.own_host.find("-ada."));
    Json results = Json::array();
    for (const Json& one : r.json["requests"]) {
      if (one["type"] == "execute") {
        if (auto odd = unknown_field(one["stmt"], {"sql", "args", "want_rows"})) return *odd;
        results.push_back(execute(name, one["stmt"]));
      } else if (one["type"] == "close") {
        results.push_back({{"type", "ok"}, {"response", {{"type", "close"}}}});
      } else {
        return refusal(400, "unknown request");
      }
    }
    return {.json = {{"baton", nullptr}, {"base_url", nullptr}, {"results", results}}};
  }

  std::vector<std::string> groups_;
  std::map<std::string, std::shared_ptr<FakeSql>> databases_;
  std::vector<std::string> tokens_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::turso
