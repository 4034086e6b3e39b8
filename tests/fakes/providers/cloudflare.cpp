// A fake of Cloudflare's API, after the official package `cloudflare` 7.3.0.
#include <algorithm>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::cloudflare {
namespace {

constexpr const char* kToken = "fakeTokenOfCloudflare0123456789abcdef";
constexpr const char* kAccount = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";

FakeAnswer result(Json value, Json info = {}) {
  Json answer = {{"success", true},
                 {"errors", Json::array()},
                 {"messages", Json::array()},
                 {"result", std::move(value)}};
  if (!info.is_null()) answer["result_info"] = std::move(info);
  return {.json = answer};
}

// The parts of a form by name, or nothing when it is none (RFC 7578).
std::optional<std::map<std::string, std::string>> parts_of(const FakeRequest& r) {
  const std::string type = r.header("content-type");
  const std::string begin = "multipart/form-data; boundary=";
  if (!type.starts_with(begin)) return std::nullopt;
  const std::string mark = "--" + type.substr(begin.size());
  std::map<std::string, std::string> parts;
  if (!r.body.starts_with(mark + "\r\n")) return std::nullopt;
  std::size_t at = mark.size() + 2;
  while (true) {
    const auto body = r.body.find("\r\n\r\n", at);
    const auto end = r.body.find("\r\n" + mark, at);
    const auto name = r.body.find("name=\"", at);
    if (body == std::string::npos || end == std::string::npos || name > body) return std::nullopt;
    const auto name_end = r.body.find('"', name + 6);
    parts[r.body.substr(name + 6, name_end - name - 6)] = r.body.substr(body + 4, end - body - 4);
    at = end + 2 + mark.size();
    if (r.body.compare(at, 4, "--\r\n") == 0)
      return at + 4 == r.body.size() ? std::optional(parts) : std::nullopt;
    at += 2;
  }
}

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/client/v4/user/tokens/verify", [](const FakeRequest&) {
      return result(
          {{"id", "token-1"}, {"status", "active"}, {"expires_on", "2027-01-01T00:00:00Z"}});
    });
    of_account("GET", "/tokens/verify", [](const FakeRequest&, Fake&) {
      return result({{"id", "token-1"}, {"status", "active"}});
    });
    route("GET", "api", "/client/v4/accounts", [](const FakeRequest&) {
      Json account = {{"id", kAccount}, {"name", "Ada's Account"}, {"type", "standard"}};
      return result(
          Json::array({account}),
          {{"page", 1}, {"per_page", 50}, {"total_pages", 1}, {"count", 1}, {"total_count", 1}});
    });
    worker_routes();
    bucket_routes();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .region = "weur"};
  }
  [[nodiscard]] bool is_empty() const override { return scripts_.empty() && buckets_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return scripts_.count(name) + buckets_.count(name);
  }

 private:
  struct Script {
    UnixMs made_at = 0;
    bool enabled = false;
  };
  struct Object {
    std::string bytes;
    std::string type;
    UnixMs at = 0;
  };
  struct Bucket {
    UnixMs made_at = 0;
    std::string location;
    std::map<std::string, Object> objects;
  };
  using OfAccount = FakeAnswer (*)(const FakeRequest&, Fake&);

  // The first of `parts` is taken off: it is the account.
  void of_account(std::string method, const std::string& rest, OfAccount handler) {
    route(std::move(method), "api", "/client/v4/accounts/{account}" + rest,
          [this, handler](const FakeRequest& r) {
            if (r.parts[0] != kAccount) return refusal(403, "Authentication error");
            FakeRequest inner = r;
            inner.parts.erase(inner.parts.begin());
            return handler(inner, *this);
          });
  }

  void worker_routes() {
    of_account("GET", "/workers/scripts", [](const FakeRequest&, Fake& f) {
      Json all = Json::array();
      for (const auto& [name, script] : f.scripts_) all.push_back(view(name, script));
      return result(all);
    });
    of_account("PUT", "/workers/scripts/{name}",
               [](const FakeRequest& r, Fake& f) { return f.upload(r); });
    of_account("DELETE", "/workers/scripts/{name}", [](const FakeRequest& r, Fake& f) {
      if (f.scripts_.erase(r.parts[0]) == 0) {
        return f.refusal(404, "This Worker does not exist on your account.");
      }
      return result(nullptr);
    });
    of_account("POST", "/workers/scripts/{name}/subdomain", [](const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"enabled", "previews_enabled"})) return *odd;
      const auto found = f.scripts_.find(r.parts[0]);
      if (found == f.scripts_.end()) return f.refusal(404, "This Worker does not exist.");
      found->second.enabled = r.json["enabled"];
      return result({{"enabled", found->second.enabled}, {"previews_enabled", false}});
    });
    of_account("GET", "/workers/scripts/{name}/subdomain", [](const FakeRequest& r, Fake& f) {
      const auto found = f.scripts_.find(r.parts[0]);
      if (found == f.scripts_.end()) return f.refusal(404, "This Worker does not exist.");
      return result({{"enabled", found->second.enabled}, {"previews_enabled", false}});
    });
    of_account("GET", "/workers/subdomain",
               [](const FakeRequest&, Fake&) { return result({{"subdomain", "ada"}}); });
  }

  void bucket_routes() {
    of_account("GET", "/r2/buckets", [](const FakeRequest&, Fake& f) {
      Json all = Json::array();
      for (const auto& [name, bucket] : f.buckets_) all.push_back(view(name, bucket));
      return result({{"buckets", all}}, {{"cursor", ""}, {"per_page", 1000}});
    });
    of_account("POST", "/r2/buckets", [](const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"name", "locationHint", "storageClass"})) return *odd;
      const std::string name = r.json["name"];
      if (f.buckets_.contains(name)) return f.refusal(409, "The bucket you tried to create exists");
      f.buckets_[name] = {.made_at = r.now, .location = r.json.value("locationHint", "enam")};
      return result(view(name, f.buckets_[name]));
    });
    of_account("DELETE", "/r2/buckets/{bucket}", [](const FakeRequest& r, Fake& f) {
      const auto found = f.buckets_.find(r.parts[0]);
      if (found == f.buckets_.end()) return f.refusal(404, "The specified bucket does not exist.");
      if (!found->second.objects.empty()) return f.refusal(409, "The bucket is not empty.");
      f.buckets_.erase(found);
      return result(Json::object());
    });
    of_bucket("GET", "/objects",
              [](Bucket& b, const FakeRequest& r, Fake& f) { return f.list(b, r); });
    of_bucket("PUT", "/objects/{key}", [](Bucket& b, const FakeRequest& r, Fake&) {
      b.objects[r.parts[1]] = {.bytes = r.body, .type = r.header("content-type"), .at = r.now};
      return result({{"key", r.parts[1]},
                     {"etag", "e-" + std::to_string(r.body.size())},
                     {"size", std::to_string(r.body.size())},
                     {"uploaded", rfc3339_from(r.now)},
                     {"version", "v1"},
                     {"storage_class", "Standard"}});
    });
    of_bucket("GET", "/objects/{key}", [](Bucket& b, const FakeRequest& r, Fake& f) {
      const auto found = b.objects.find(r.parts[1]);
      if (found == b.objects.end()) return f.refusal(404, "The specified key does not exist.");
      return FakeAnswer{.text = found->second.bytes};
    });
    of_bucket("DELETE", "/objects/{key}", [](Bucket& b, const FakeRequest& r, Fake& f) {
      if (b.objects.erase(r.parts[1]) == 0)
        return f.refusal(404, "The specified key does not exist.");
      return result({{"key", r.parts[1]}});
    });
  }

  using OfBucket = FakeAnswer (*)(Bucket&, const FakeRequest&, Fake&);

  void of_bucket(std::string method, const std::string& rest, OfBucket handler) {
    route(std::move(method), "api", "/client/v4/accounts/{account}/r2/buckets/{bucket}" + rest,
          [this, handler](const FakeRequest& r) {
            if (r.parts[0] != kAccount) return refusal(403, "Authentication error");
            FakeRequest inner = r;
            inner.parts.erase(inner.parts.begin());
            const auto found = buckets_.find(inner.parts[0]);
            return found == buckets_.end() ? refusal(404, "The specified bucket does not exist.")
                                           : handler(found->second, inner, *this);
          });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    Json error = {{"code", status == 401 ? 1000 : 10'000 + status}, {"message", message}};
    return {.status = status,
            .json = {{"success", false},
                     {"errors", Json::array({error})},
                     {"messages", Json::array()},
                     {"result", nullptr}}};
  }

  [[nodiscard]] static Json view(const std::string& name, const Script& script) {
    return {{"id", name},
            {"created_on", rfc3339_from(script.made_at)},
            {"modified_on", rfc3339_from(script.made_at)},
            {"has_modules", true},
            {"handlers", {"fetch"}},
            {"usage_model", "standard"}};
  }

  [[nodiscard]] static Json view(const std::string& name, const Bucket& bucket) {
    return {{"name", name},
            {"creation_date", rfc3339_from(bucket.made_at)},
            {"location", bucket.location},
            {"storage_class", "Standard"}};
  }

  FakeAnswer upload(const FakeRequest& r) {
    const auto parts = parts_of(r);
    if (!parts || !parts->contains("metadata")) return refusal(400, "no form with metadata");
    const Json metadata = Json::parse(parts->at("metadata"), nullptr, false);
    if (auto odd = unknown_field(metadata, {"main_module", "compatibility_date", "bindings"}))
      return *odd;
    if (!parts->contains(metadata.value("main_module", ""))) return refusal(400, "no main module");
    for (const Json& one : metadata.value("bindings", Json::array())) {
      if (auto odd = unknown_field(one, {"type", "name", "text"})) return *odd;
    }
    scripts_.try_emplace(r.parts[0], Script{.made_at = r.now});
    Json script = view(r.parts[0], scripts_[r.parts[0]]);
    script["startup_time_ms"] = 10;
    return result(script);
  }

  FakeAnswer list(const Bucket& bucket, const FakeRequest& r) {
    const std::size_t size =
        page_size(r.param("per_page").empty() ? 1000 : std::stoul(r.param("per_page")));
    Json page = Json::array();
    std::string cursor;
    for (const auto& [key, object] : bucket.objects) {
      if (!key.starts_with(r.param("prefix")) || key <= r.param("cursor")) continue;
      if (page.size() == size) {
        cursor = page.back()["key"];
        break;
      }
      page.push_back({{"key", key},
                      {"etag", "e-" + std::to_string(object.bytes.size())},
                      {"size", object.bytes.size()},
                      {"last_modified", rfc3339_from(object.at)},
                      {"http_metadata", {{"contentType", object.type}}},
                      {"storage_class", "Standard"}});
    }
    return result(page, {{"cursor", cursor}, {"per_page", size}});
  }

  std::map<std::string, Script> scripts_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::cloudflare
