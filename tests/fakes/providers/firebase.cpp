// A fake of Firestore, Cloud Storage's JSON API and Firebase's list of projects
// (firebase.google.com/docs/reference/rest).
#include <algorithm>
#include <map>
#include <utility>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes::firebase {
namespace {

constexpr const char* kToken = "ya29.fakeTokenOfGoogle0123456789";
constexpr const char* kProject = "a67-project";
constexpr const char* kDate = "2026-11-26T10:00:00.000000Z";
constexpr const char* kRealtime = "a67-project-default-rtdb.firebaseio.com";
constexpr const char* kDocuments = "/v1/projects/a67-project/databases/(default)/documents";

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/v1beta1/projects", [](const FakeRequest&) {
      return FakeAnswer{.json = {{"results", Json::array({{{"projectId", kProject},
                                                           {"projectNumber", "1234"},
                                                           {"displayName", "Ada's"},
                                                           {"name", "projects/a67-project"},
                                                           {"state", "ACTIVE"}}})}}};
    });
    documents();
    buckets();
    objects();
    databases();
    realtime();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}},
            .region = "US-EAST1",
            .databases = {"", std::string("https://") + kRealtime},
            .versions = true};
  }
  [[nodiscard]] bool is_empty() const override {
    return documents_.empty() && buckets_.empty() && tree_.empty();
  }
  [[nodiscard]] const std::string* stored(const std::string& bucket,
                                          const std::string& key) const override {
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end() || !found->second.contains(key)) return nullptr;
    return &found->second.at(key).bytes;
  }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return buckets_.count(name);
  }

 private:
  struct Object {
    std::string bytes;
    std::string type;
  };

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status,
            .json = {{"error", {{"code", status}, {"message", message}, {"status", "REFUSED"}}}}};
  }

  // What is wrong with a typed value; empty when nothing is.
  static std::string fault_of(const Json& value, bool in_array = false) {
    if (!value.is_object() || value.size() != 1) return "a value has one type";
    const std::string& type = value.begin().key();
    const Json& inner = value.begin().value();
    if (type == "nullValue") return inner.is_null() ? "" : "nullValue";
    if (type == "booleanValue") return inner.is_boolean() ? "" : "booleanValue";
    if (type == "stringValue") return inner.is_string() ? "" : "stringValue";
    if (type == "integerValue") return inner.is_string() ? "" : "integerValue is a text";
    if (type == "doubleValue") return inner.is_number() ? "" : "doubleValue";
    if (type == "mapValue") return fault_of_fields(inner.value("fields", Json::object()));
    if (type != "arrayValue") return "unknown type " + type;
    if (in_array) return "Cannot convert an array value in an array value";
    for (const Json& one : inner.value("values", Json::array())) {
      if (auto fault = fault_of(one, true); !fault.empty()) return fault;
    }
    return "";
  }
  static std::string fault_of_fields(const Json& fields) {
    if (!fields.is_object()) return "fields";
    for (const auto& [key, value] : fields.items()) {
      if (auto fault = fault_of(value); !fault.empty()) return fault;
    }
    return "";
  }

  struct Document {
    Json fields;
    std::string updated;
  };

  static Json view(const std::string& path, const Document& document) {
    return {{"name", std::string(kDocuments).substr(4) + "/" + path},
            {"fields", document.fields},
            {"createTime", kDate},
            {"updateTime", document.updated}};
  }

  // What of a precondition does not hold.
  std::optional<FakeAnswer> unmet(const FakeRequest& r) {
    const auto found = documents_.find(r.parts[0]);
    const std::string time = r.param("currentDocument.updateTime");
    if (r.param("currentDocument.exists") == "false" && found != documents_.end())
      return refusal(409, "Document already exists");
    if (time.empty() || (found != documents_.end() && found->second.updated == time)) return {};
    FakeAnswer answer = refusal(400, "the stored version does not match the required base version");
    answer.json["error"]["status"] = "FAILED_PRECONDITION";
    return answer;
  }

  void documents() {
    const std::string one = std::string(kDocuments) + "/{rest...}";
    route("PATCH", "firestore", one, [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"fields"})) return *odd;
      if (auto fault = fault_of_fields(r.json["fields"]); !fault.empty())
        return refusal(400, fault);
      if (auto conflict = unmet(r)) return *conflict;
      const std::string time = "2026-11-26T10:00:00." + std::to_string(100'000 + writes_++) + "Z";
      documents_[r.parts[0]] = {.fields = r.json["fields"], .updated = time};
      return FakeAnswer{.json = view(r.parts[0], documents_[r.parts[0]])};
    });
    route("GET", "firestore", one, [this](const FakeRequest& r) {
      const auto found = documents_.find(r.parts[0]);
      return found == documents_.end() ? refusal(404, "Document not found")
                                       : FakeAnswer{.json = view(r.parts[0], found->second)};
    });
    route("DELETE", "firestore", one, [this](const FakeRequest& r) {
      documents_.erase(r.parts[0]);
      return FakeAnswer{.json = Json::object()};
    });
    route("POST", "firestore", std::string(kDocuments) + ":runQuery",
          [this](const FakeRequest& r) { return query(r); });
  }

  FakeAnswer query(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"structuredQuery"})) return *odd;
    const Json& query = r.json["structuredQuery"];
    if (auto odd = unknown_field(query, {"from", "where", "limit"})) return *odd;
    const std::string prefix = query["from"][0]["collectionId"].get<std::string>() + "/";
    Json filter;
    if (query.contains("where")) {
      filter = query["where"]["fieldFilter"];
      if (filter.value("op", "") != "EQUAL") return refusal(400, "op");
    }
    Json found = Json::array();
    for (const auto& [path, document] : documents_) {
      if (!path.starts_with(prefix)) continue;
      if (!filter.is_null() &&
          document.fields.value(filter["field"]["fieldPath"].get<std::string>(), Json()) !=
              filter["value"]) {
        continue;
      }
      if (found.size() < query.value("limit", 10'000U))
        found.push_back({{"document", view(path, document)}, {"readTime", kDate}});
    }
    if (found.empty()) found.push_back({{"readTime", kDate}});
    return {.json = found};
  }

  // ---- databases of both kinds

  void databases() {
    route("GET", "firestore", "/v1/projects/{project}/databases", [](const FakeRequest&) {
      return FakeAnswer{
          .json = {{"databases", Json::array({{{"name", "projects/a67-project/databases/(default)"},
                                               {"locationId", "eur3"},
                                               {"type", "FIRESTORE_NATIVE"}}})}}};
    });
    route("GET", "database", "/v1beta/projects/{project}/locations/-/instances",
          [](const FakeRequest&) {
            const std::string name = "projects/1234/locations/us-central1/instances/";
            return FakeAnswer{
                .json = {{"instances",
                          Json::array({{{"name", name + "a67-project-default-rtdb"},
                                        {"project", "projects/1234"},
                                        {"databaseUrl", std::string("https://") + kRealtime},
                                        {"type", "DEFAULT_DATABASE"},
                                        {"state", "ACTIVE"}}})}}};
          });
  }

  // ---- a Realtime Database: places two names deep, by "collection/id"

  static FakeAnswer plain(int status, const std::string& text, Headers headers = {}) {
    headers.emplace_back("content-type", "application/json; charset=utf-8");
    return {.status = status, .json = {}, .text = text, .headers = std::move(headers)};
  }
  static FakeAnswer realtime_refusal(int status, const std::string& message) {
    return plain(status, Json{{"error", message}}.dump());
  }

  static std::string etag_of(const Json& value) {
    return value.is_null() ? "null_etag"
                           : "e" + std::to_string(std::hash<std::string>()(value.dump()));
  }

  // As the server keeps it: without nulls and without what is empty then.
  static Json kept(const Json& value) {
    if (!value.is_structured()) return value;
    Json out = value.is_array() ? Json::array() : Json::object();
    for (const auto& [key, inner] : value.items()) {
      Json one = kept(inner);
      if (one.is_null()) continue;
      if (value.is_array()) {
        out.push_back(one);
      } else {
        out[key] = one;
      }
    }
    return out.empty() ? Json() : out;
  }

  std::optional<FakeAnswer> odd_place(const FakeRequest& r, std::string& place) const {
    if (r.own_host != kRealtime) return realtime_refusal(404, "Firebase error.");
    place = r.parts[0];
    if (!place.ends_with(".json")) return plain(404, "<html>not found</html>");
    place.erase(place.size() - 5);
    if (place.find_first_of(".$#[]") != std::string::npos)
      return realtime_refusal(400, "Invalid path: Invalid token in path");
    for (const auto& [name, value] : r.query) {
      if (name != "print" && name != "orderBy" && name != "equalTo" && name != "limitToFirst")
        return realtime_refusal(400, "unknown parameter in this fake: " + name);
    }
    return std::nullopt;
  }

  Json value_at(const std::string& place) const {
    if (const auto found = tree_.find(place); found != tree_.end()) return found->second;
    Json children;
    for (const auto& [path, value] : tree_) {
      if (path.starts_with(place + "/")) children[path.substr(place.size() + 1)] = value;
    }
    return children;
  }

  void realtime() {
    route("GET", "realtime", "/{rest...}", [this](const FakeRequest& r) {
      std::string place;
      if (auto odd = odd_place(r, place)) return *odd;
      const Json value = value_at(place);
      if (!r.param("orderBy").empty()) return ordered(place, value, r);
      if (r.query.contains("equalTo") || r.query.contains("limitToFirst"))
        return realtime_refusal(400, "orderBy must be defined when other query parameters are");
      return plain(
          200, value.dump(),
          r.header("x-firebase-etag") == "true" ? Headers{{"ETag", etag_of(value)}} : Headers{});
    });
    route("PUT", "realtime", "/{rest...}", [this](const FakeRequest& r) {
      std::string place;
      if (auto odd = odd_place(r, place)) return *odd;
      if (r.json.is_discarded() || r.body.empty()) return realtime_refusal(400, "Invalid data");
      const std::string wanted = r.header("if-match");
      if (!wanted.empty() && wanted != etag_of(value_at(place)))
        return realtime_refusal(412, "Etag did not match");
      const Json value = kept(r.json);
      if (value.is_null()) {
        tree_.erase(place);
      } else {
        tree_[place] = value;
      }
      return r.param("print") == "silent" ? FakeAnswer{.status = 204} : plain(200, r.body);
    });
    route("DELETE", "realtime", "/{rest...}", [this](const FakeRequest& r) {
      std::string place;
      if (auto odd = odd_place(r, place)) return *odd;
      tree_.erase(place);
      return r.param("print") == "silent" ? FakeAnswer{.status = 204} : plain(200, "null");
    });
  }

  // There is an index for `name` and none for anything else.
  static FakeAnswer ordered(const std::string& place, const Json& value, const FakeRequest& r) {
    const Json by = Json::parse(r.param("orderBy"), nullptr, false);
    if (!by.is_string()) return realtime_refusal(400, "orderBy must be a valid JSON encoded path");
    if (by != "$key" && by != "name") {
      return realtime_refusal(400, "Index not defined, add \".indexOn\": \"" +
                                       by.get<std::string>() + "\", for path \"/" + place +
                                       "\", to the rules");
    }
    const std::size_t limit =
        r.param("limitToFirst").empty() ? value.size() : std::stoul(r.param("limitToFirst"));
    Json found = Json::object();
    for (const auto& [id, one] : value.items()) {
      if (r.query.contains("equalTo") &&
          (!one.is_object() || one.value(by.get<std::string>(), Json()) !=
                                   Json::parse(r.param("equalTo"), nullptr, false))) {
        continue;
      }
      if (found.size() < limit) found[id] = one;
    }
    return plain(200, found.dump());
  }

  static Json bucket_view(const std::string& name, const std::string& location) {
    return {{"kind", "storage#bucket"}, {"id", name},           {"name", name},
            {"location", location},     {"timeCreated", kDate}, {"storageClass", "STANDARD"}};
  }

  void buckets() {
    route("GET", "storage", "/storage/v1/b", [this](const FakeRequest& r) {
      if (r.param("project") != kProject) return refusal(400, "Required parameter: project");
      Json items = Json::array();
      for (const auto& [name, objects] : buckets_) items.push_back(bucket_view(name, "US-EAST1"));
      return FakeAnswer{.json = {{"kind", "storage#buckets"}, {"items", items}}};
    });
    route("POST", "storage", "/storage/v1/b", [this](const FakeRequest& r) {
      if (r.param("project") != kProject) return refusal(400, "Required parameter: project");
      if (auto odd = unknown_field(r.json, {"name", "location", "iamConfiguration"})) return *odd;
      if (!buckets_.emplace(r.json["name"], std::map<std::string, Object>()).second)
        return refusal(409, "You already own this bucket.");
      return FakeAnswer{.json = bucket_view(r.json["name"], r.json.value("location", "US"))};
    });
    route("DELETE", "storage", "/storage/v1/b/{bucket}", [this](const FakeRequest& r) {
      const auto found = buckets_.find(r.parts[0]);
      if (found == buckets_.end()) return refusal(404, "The specified bucket does not exist.");
      if (!found->second.empty())
        return refusal(409, "The bucket you tried to delete is not empty.");
      buckets_.erase(found);
      return FakeAnswer{.status = 204};
    });
  }

  [[nodiscard]] static Json object_view(const std::string& key, const Object& object) {
    return {{"kind", "storage#object"},
            {"name", key},
            {"size", std::to_string(object.bytes.size())},
            {"contentType", object.type},
            {"updated", kDate},
            {"etag", "CAE="}};
  }

  void objects() {
    route("POST", "storage", "/upload/storage/v1/b/{bucket}/o", [this](const FakeRequest& r) {
      const auto bucket = buckets_.find(r.parts[0]);
      if (bucket == buckets_.end()) return refusal(404, "The specified bucket does not exist.");
      if (r.param("uploadType") != "media" || r.param("name").empty())
        return refusal(400, "uploadType and name are needed");
      Object& object = bucket->second[r.param("name")];
      object = {.bytes = r.body, .type = r.header("content-type")};
      return FakeAnswer{.json = object_view(r.param("name"), object)};
    });
    route("GET", "storage", "/storage/v1/b/{bucket}/o",
          [this](const FakeRequest& r) { return list(r); });
    route("GET", "storage", "/storage/v1/b/{bucket}/o/{key}", [this](const FakeRequest& r) {
      const auto& bucket = buckets_[r.parts[0]];
      const auto found = bucket.find(r.parts[1]);
      if (found == bucket.end()) return refusal(404, "No such object");
      if (r.param("alt") != "media")
        return FakeAnswer{.json = object_view(r.parts[1], found->second)};
      const std::string range = r.header("range");
      if (range.empty()) return FakeAnswer{.text = found->second.bytes};
      const auto dash = range.find('-');
      const auto from = std::stoul(range.substr(6, dash - 6));
      const auto to = std::stoul(range.substr(dash + 1));
      return FakeAnswer{
          .status = 206, .json = {}, .text = found->second.bytes.substr(from, to - from + 1)};
    });
    route("DELETE", "storage", "/storage/v1/b/{bucket}/o/{key}", [this](const FakeRequest& r) {
      return buckets_[r.parts[0]].erase(r.parts[1]) == 0 ? refusal(404, "No such object")
                                                         : FakeAnswer{.status = 204};
    });
  }

  FakeAnswer list(const FakeRequest& r) {
    const auto bucket = buckets_.find(r.parts[0]);
    if (bucket == buckets_.end()) return refusal(404, "The specified bucket does not exist.");
    const std::size_t limit =
        page_size(r.param("maxResults").empty() ? 1000 : std::stoul(r.param("maxResults")));
    Json items = Json::array();
    Json answer = {{"kind", "storage#objects"}};
    for (const auto& [key, object] : bucket->second) {
      if (!key.starts_with(r.param("prefix")) || key <= r.param("pageToken")) continue;
      if (items.size() == limit) {
        answer["nextPageToken"] = items.back()["name"];
        break;
      }
      items.push_back(object_view(key, object));
    }
    answer["items"] = items;
    return {.json = answer};
  }

  std::map<std::string, Document> documents_;
  std::uint32_t writes_ = 0;
  std::map<std::string, Json> tree_;
  std::map<std::string, std::map<std::string, Object>> buckets_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::firebase
