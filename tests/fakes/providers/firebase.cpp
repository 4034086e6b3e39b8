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
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .region = "US-EAST1"};
  }
  [[nodiscard]] bool is_empty() const override { return documents_.empty() && buckets_.empty(); }
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

  static Json view(const std::string& path, const Json& fields) {
    return {{"name", std::string(kDocuments).substr(4) + "/" + path},
            {"fields", fields},
            {"createTime", kDate},
            {"updateTime", kDate}};
  }

  void documents() {
    const std::string one = std::string(kDocuments) + "/{rest...}";
    route("PATCH", "firestore", one, [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"fields"})) return *odd;
      if (auto fault = fault_of_fields(r.json["fields"]); !fault.empty())
        return refusal(400, fault);
      documents_[r.parts[0]] = r.json["fields"];
      return FakeAnswer{.json = view(r.parts[0], r.json["fields"])};
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
    for (const auto& [path, fields] : documents_) {
      if (!path.starts_with(prefix)) continue;
      if (!filter.is_null() && fields.value(filter["field"]["fieldPath"].get<std::string>(),
                                            Json()) != filter["value"]) {
        continue;
      }
      if (found.size() < query.value("limit", 10'000U))
        found.push_back({{"document", view(path, fields)}, {"readTime", kDate}});
    }
    if (found.empty()) found.push_back({{"readTime", kDate}});
    return {.json = found};
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

  std::map<std::string, Json> documents_;
  std::map<std::string, std::map<std::string, Object>> buckets_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::firebase
