// A fake of Supabase's management API, PostgREST and Storage (supabase.com/docs/reference/api).
#include <algorithm>
#include <map>
#include <utility>

#include "tests/fakes/fake_provider.h"
#include "tests/fakes/sql.h"
#include "tests/fakes/tus.h"

namespace a67::fakes::supabase {
namespace {

constexpr const char* kToken = "sbp_fakeTokenOfSupabase0123456789";
constexpr const char* kSecretKey = "sb_secret_fakeKeyOfTheProject0123";
constexpr const char* kOrganization = "ada-org";
constexpr const char* kHome = "abcdefghijklmnopqrst";  // the project that is there from the start
constexpr const char* kDate = "2026-11-26T10:00:00Z";
constexpr std::int64_t kChangeTime = 20'000;
constexpr const char* kUploads = "/storage/v1/upload/resumable";
constexpr const char* kTable = "/rest/v1/automator67_documents";

struct Project {
  std::string ref;
  std::string name;
  std::string region;
  std::string from = "COMING_UP";  // until
  UnixMs until = 0;
  std::string to = "ACTIVE_HEALTHY";
  std::shared_ptr<FakeSql> sql = std::make_shared<FakeSql>();

  [[nodiscard]] const std::string& status(UnixMs now) const { return now < until ? from : to; }
  void turn(std::string over, std::string end, UnixMs now) {
    from = std::move(over);
    to = std::move(end);
    until = now + kChangeTime;
  }
};

struct Object {
  std::string bytes;
  std::string type;
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    projects_.push_back({.ref = kHome, .name = "home", .region = "eu-central-1"});
    management();
    documents();
    buckets();
    objects();
    uploads();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .region = "eu-central-1"};
  }
  [[nodiscard]] bool is_empty() const override {
    return projects_.size() == 1 && documents_.empty() && buckets_.empty();
  }
  [[nodiscard]] const std::string* stored(const std::string& bucket,
                                          const std::string& key) const override {
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end() || !found->second.contains(key)) return nullptr;
    return &found->second.at(key).bytes;
  }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(projects_, name, &Project::name));
  }

 private:
  using OfProject = FakeAnswer (*)(Project&, const FakeRequest&, Fake&);

  void of_project(std::string method, const std::string& rest, OfProject handler) {
    route(std::move(method), "api", "/v1/projects/{ref}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find(projects_, r.parts[0], &Project::ref);
            return found == projects_.end() ? refusal(404, "Project not found")
                                            : handler(*found, r, *this);
          });
  }

  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    if (r.host == "api") return r.header("authorization") == std::string("Bearer ") + kToken;
    return r.own_host == std::string(kHome) + ".supabase.co" && r.header("apikey") == kSecretKey &&
           r.header("authorization") == std::string("Bearer ") + kSecretKey;
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"message", message}}};
  }
  // Storage's own way: 400, and the status in words.
  static FakeAnswer storage_refusal(const char* status, const char* message) {
    return {.status = 400,
            .json = {{"statusCode", status}, {"error", message}, {"message", message}}};
  }

  static Json view(const Project& p, UnixMs now, bool with_database) {
    Json json = {{"id", p.ref},
                 {"ref", p.ref},
                 {"organization_id", kOrganization},
                 {"organization_slug", kOrganization},
                 {"name", p.name},
                 {"region", p.region},
                 {"created_at", kDate},
                 {"status", p.status(now)}};
    if (with_database) {
      json["database"] = {{"host", "db." + p.ref + ".supabase.co"},
                          {"version", "17.4.1"},
                          {"postgres_engine", "17"},
                          {"release_channel", "ga"}};
    }
    return json;
  }

  void management() {
    route("GET", "api", "/v1/profile", [](const FakeRequest&) {
      return FakeAnswer{.json = {{"gotrue_id", "a1b2"},
                                 {"primary_email", "ada@example.org"},
                                 {"username", "ada"}}};
    });
    route("GET", "api", "/v1/organizations", [](const FakeRequest&) {
      return FakeAnswer{.json = Json::array(
                            {{{"id", kOrganization}, {"slug", kOrganization}, {"name", "Ada's"}}})};
    });
    route("GET", "api", "/v1/projects", [this](const FakeRequest& r) {
      Json all = Json::array();
      for (const Project& one : projects_) all.push_back(view(one, r.now, true));
      return FakeAnswer{.json = all};
    });
    route("POST", "api", "/v1/projects", [this](const FakeRequest& r) { return create(r); });
    of_project("GET", "", [](Project& p, const FakeRequest& r, Fake&) {
      return FakeAnswer{.json = view(p, r.now, true)};
    });
    of_project("DELETE", "", [](Project& p, const FakeRequest&, Fake& f) {
      Json gone = {{"id", 1}, {"ref", p.ref}, {"name", p.name}};
      const std::string ref = p.ref;
      std::erase_if(f.projects_, [&](const Project& one) { return one.ref == ref; });
      return FakeAnswer{.json = gone};
    });
    of_project("POST", "/pause", [](Project& p, const FakeRequest& r, Fake& f) {
      if (p.status(r.now) != "ACTIVE_HEALTHY") return f.refusal(400, "Project is not active");
      p.turn("PAUSING", "INACTIVE", r.now);
      return FakeAnswer{};
    });
    of_project("POST", "/restore", [](Project& p, const FakeRequest& r, Fake& f) {
      if (p.status(r.now) != "INACTIVE") return f.refusal(400, "Project is not paused");
      p.turn("RESTORING", "ACTIVE_HEALTHY", r.now);
      return FakeAnswer{};
    });
    of_project("POST", "/database/query",
               [](Project& p, const FakeRequest& r, Fake& f) { return f.query(p, r); });
    of_project("GET", "/api-keys", [](Project&, const FakeRequest& r, Fake&) {
      const bool reveal = r.param("reveal") == "true";
      return FakeAnswer{
          .json = Json::array(
              {{{"name", "default"}, {"type", "publishable"}, {"api_key", "sb_publishable_x"}},
               {{"name", "default"},
                {"type", "secret"},
                {"api_key", reveal ? Json(kSecretKey) : Json()}}})};
    });
    of_project(
        "GET", "/analytics/endpoints/usage.api-counts",
        [](Project&, const FakeRequest& r, Fake& f) {
          if (r.param("interval") != "1day") return f.refusal(400, "interval");
          return FakeAnswer{.json = {{"result", Json::array({{{"timestamp", kDate},
                                                              {"total_auth_requests", 1},
                                                              {"total_realtime_requests", 0},
                                                              {"total_rest_requests", 7},
                                                              {"total_storage_requests", 2}}})}}};
        });
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "organization_slug", "db_pass",
                                          "region_selection", "desired_instance_size"})) {
      return *odd;
    }
    if (r.json.value("organization_slug", "") != kOrganization)
      return refusal(403, "not your organization");
    if (r.json.value("db_pass", "").size() < 16) return refusal(400, "db_pass is too weak");
    std::string ref = "zyxwvutsrqponmlkjih";
    ref += static_cast<char>('a' + static_cast<char>(made_++ % 26));
    Project made{.ref = ref,
                 .name = r.json["name"],
                 .region = r.json["region_selection"]["code"],
                 .until = r.now + kChangeTime};
    projects_.push_back(made);
    return {.status = 201, .json = view(made, r.now, false)};
  }

  FakeAnswer query(Project& p, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"query", "parameters", "read_only"})) return *odd;
    const std::string sql = r.json.value("query", "");
    if (sql.starts_with("create table if not exists public.automator67_documents")) {
      has_table_ = true;
      return {.status = 201, .json = Json::array()};
    }
    if (p.status(r.now) != "ACTIVE_HEALTHY") return refusal(544, "Connection terminated");
    const SqlOutcome outcome = p.sql->run(sql, r.json.value("parameters", Json::array()));
    if (!outcome.error.empty()) {
      return refusal(400, "Failed to run sql query: ERROR:  42601: " + outcome.error);
    }
    Json rows = Json::array();
    for (const auto& one : outcome.rows) {
      Json row = Json::object();
      for (std::size_t at = 0; at < one.size(); ++at) row[outcome.columns[at]] = one[at];
      rows.push_back(row);
    }
    return {.status = 201, .json = rows};
  }

  // ---- PostgREST

  [[nodiscard]] std::optional<FakeAnswer> no_table() const {
    if (has_table_) return std::nullopt;
    return FakeAnswer{.status = 404,
                      .json = {{"code", "PGRST205"},
                               {"message", "Could not find the table in the schema cache"}}};
  }

  [[nodiscard]] static bool fits(const std::pair<const std::string, Json>& one,
                                 const FakeRequest& r) {
    const Json& row = one.second;
    for (const char* column : {"collection", "id"}) {
      const std::string filter = r.param(column);
      if (!filter.empty() && filter != "eq." + row[column].get<std::string>()) return false;
    }
    const std::string filter = r.param("value");
    if (filter.empty()) return true;
    const Json wanted = Json::parse(filter.substr(3));
    return std::ranges::all_of(wanted.items(), [&](const auto& field) {
      return row["value"].is_object() && row["value"].value(field.key(), Json()) == field.value();
    });
  }

  void documents() {
    route("POST", "data", kTable, [this](const FakeRequest& r) {
      if (auto none = no_table()) return *none;
      if (auto odd = unknown_field(r.json, {"collection", "id", "value"})) return *odd;
      if (r.param("on_conflict") != "collection,id" ||
          r.header("prefer") != "resolution=merge-duplicates,return=minimal") {
        return refusal(409, "duplicate key value violates unique constraint");
      }
      documents_[r.json["collection"].get<std::string>() + "/" + r.json["id"].get<std::string>()] =
          r.json;
      return FakeAnswer{.status = 201};
    });
    route("GET", "data", kTable, [this](const FakeRequest& r) {
      if (auto none = no_table()) return *none;
      Json rows = Json::array();
      for (const auto& one : documents_) {
        if (!fits(one, r)) continue;
        Json row = Json::object();
        if (r.param("select").starts_with("id")) row["id"] = one.second["id"];
        row["value"] = one.second["value"];
        rows.push_back(row);
      }
      return FakeAnswer{.json = rows};
    });
    route("DELETE", "data", kTable, [this](const FakeRequest& r) {
      if (auto none = no_table()) return *none;
      if (r.param("collection").empty() || r.param("id").empty())
        return refusal(400, "DELETE requires a WHERE clause");
      std::erase_if(documents_, [&](const auto& one) { return fits(one, r); });
      return FakeAnswer{.status = 204};
    });
  }

  // ---- Storage

  void buckets() {
    route("GET", "data", "/storage/v1/bucket", [this](const FakeRequest&) {
      Json all = Json::array();
      for (const auto& [name, objects] : buckets_) {
        all.push_back({{"id", name}, {"name", name}, {"public", false}, {"created_at", kDate}});
      }
      return FakeAnswer{.json = all};
    });
    route("POST", "data", "/storage/v1/bucket", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"name", "id", "public"})) return *odd;
      if (!buckets_.emplace(r.json["name"], std::map<std::string, Object>()).second) {
        return storage_refusal("409", "The resource already exists");
      }
      return FakeAnswer{.json = {{"name", r.json["name"]}}};
    });
    route("DELETE", "data", "/storage/v1/bucket/{id}", [this](const FakeRequest& r) {
      const auto found = buckets_.find(r.parts[0]);
      if (found == buckets_.end()) return storage_refusal("404", "Bucket not found");
      if (!found->second.empty()) return storage_refusal("409", "The bucket is not empty");
      buckets_.erase(found);
      return FakeAnswer{.json = {{"message", "Successfully deleted"}}};
    });
  }

  Object* find(const FakeRequest& r) {
    const auto bucket = buckets_.find(r.parts[0]);
    if (bucket == buckets_.end()) return nullptr;
    const auto object = bucket->second.find(r.parts[1]);
    return object == bucket->second.end() ? nullptr : &object->second;
  }

  void objects() {
    route("POST", "data", "/storage/v1/object/list-v2/{bucket}",
          [this](const FakeRequest& r) { return list(r); });
    route("GET", "data", "/storage/v1/object/authenticated/{bucket}/{rest...}",
          [this](const FakeRequest& r) { return read(r); });
    route("GET", "data", "/storage/v1/object/info/{bucket}/{rest...}",
          [this](const FakeRequest& r) {
            const Object* object = find(r);
            if (object == nullptr) return storage_refusal("404", "Object not found");
            return FakeAnswer{.json = {{"name", r.parts[1]}, {"size", object->bytes.size()}}};
          });
    route("POST", "data", "/storage/v1/object/{bucket}/{rest...}", [this](const FakeRequest& r) {
      const auto bucket = buckets_.find(r.parts[0]);
      if (bucket == buckets_.end()) return storage_refusal("404", "Bucket not found");
      if (bucket->second.contains(r.parts[1]) && r.header("x-upsert") != "true") {
        return storage_refusal("409", "The resource already exists");
      }
      bucket->second[r.parts[1]] = {.bytes = r.body, .type = r.header("content-type")};
      return FakeAnswer{.json = {{"Id", "object-1"}, {"Key", r.parts[0] + "/" + r.parts[1]}}};
    });
    route("DELETE", "data", "/storage/v1/object/{bucket}/{rest...}", [this](const FakeRequest& r) {
      if (find(r) == nullptr) return storage_refusal("404", "Object not found");
      buckets_[r.parts[0]].erase(r.parts[1]);
      return FakeAnswer{.json = {{"message", "Successfully deleted"}}};
    });
  }

  // ---- Storage by TUS

  [[nodiscard]] bool keeps_part(const FakeRequest& r) const override {
    return r.method == "PATCH" && r.path.starts_with(kUploads);
  }

  void uploads() {
    route("POST", "data", kUploads, [this](const FakeRequest& r) {
      auto metadata = FakeTus::metadata_of(r);
      const auto bucket = buckets_.find(metadata["bucketName"]);
      if (bucket == buckets_.end()) return FakeTus::refusal(404, "Bucket not found");
      if (metadata["objectName"].empty() || metadata.size() != 3)
        return FakeTus::refusal(400, "bucketName, objectName and contentType are needed");
      if (bucket->second.contains(metadata["objectName"]) && r.header("x-upsert") != "true")
        return FakeTus::refusal(409, "The resource already exists");
      return tus_.create(r, make_id("dXBsb2Fk"));
    });
    for (const char* method : {"HEAD", "PATCH", "DELETE"}) {
      route(method, "data", std::string(kUploads) + "/{id}", [this](const FakeRequest& r) {
        return tus_.handle(r, [this](FakeTus::Upload upload) {
          buckets_[upload.metadata["bucketName"]][upload.metadata["objectName"]] = {
              .bytes = std::move(upload.bytes), .type = upload.metadata["contentType"]};
        });
      });
    }
  }

  FakeAnswer read(const FakeRequest& r) {
    const Object* object = find(r);
    if (object == nullptr) return storage_refusal("404", "Object not found");
    const std::string range = r.header("range");
    if (!range.starts_with("bytes=")) return {.text = object->bytes};
    const auto dash = range.find('-');
    const auto from = std::stoul(range.substr(6, dash - 6));
    const auto to =
        dash + 1 == range.size() ? object->bytes.size() - 1 : std::stoul(range.substr(dash + 1));
    return {.status = 206, .json = {}, .text = object->bytes.substr(from, to - from + 1)};
  }

  FakeAnswer list(const FakeRequest& r) {
    if (auto odd =
            unknown_field(r.json, {"prefix", "limit", "cursor", "with_delimiter", "sortBy"})) {
      return *odd;
    }
    const auto bucket = buckets_.find(r.parts[0]);
    if (bucket == buckets_.end()) return storage_refusal("404", "Bucket not found");
    const std::size_t limit = page_size(r.json.value("limit", 1000U));
    Json objects = Json::array();
    Json answer = {{"hasNext", false}, {"folders", Json::array()}};
    for (const auto& [key, object] : bucket->second) {
      if (!key.starts_with(r.json.value("prefix", "")) || key <= r.json.value("cursor", ""))
        continue;
      if (objects.size() == limit) {
        answer["hasNext"] = true;
        answer["nextCursor"] = objects.back()["key"];
        break;
      }
      objects.push_back(
          {{"key", key},
           {"name", key},
           {"id", "object-1"},
           {"updated_at", kDate},
           {"metadata",
            {{"size", object.bytes.size()}, {"mimetype", object.type}, {"eTag", "\"abc\""}}}});
    }
    answer["objects"] = objects;
    return {.json = answer};
  }

  std::vector<Project> projects_;
  std::map<std::string, Json> documents_;
  std::map<std::string, std::map<std::string, Object>> buckets_;
  FakeTus tus_{kUploads};
  bool has_table_ = false;
  std::uint32_t made_ = 0;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::supabase
