// A fake of Cloudflare's API, after the official package `cloudflare` 7.3.0.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::cloudflare {
namespace {

constexpr const char* kToken = "fakeTokenOfCloudflare0123456789abcdef";
constexpr const char* kUploadToken = "eyJmakeOfPages.uploadToken.0123456789";
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
    page_routes();
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"token", kToken}}, .region = "weur"};
  }
  [[nodiscard]] bool is_empty() const override {
    return scripts_.empty() && buckets_.empty() && sites_.empty();
  }
  [[nodiscard]] const std::string* stored(const std::string& bucket,
                                          const std::string& key) const override {
    const auto found = buckets_.find(bucket);
    if (found == buckets_.end() || !found->second.objects.contains(key)) return nullptr;
    return &found->second.objects.at(key).bytes;
  }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return scripts_.count(name) + buckets_.count(name) + sites_.count(name);
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

  // ---- Pages

  struct Site {
    UnixMs made_at = 0;
    std::vector<Deployment> deployments;
    std::vector<std::string> domains;
  };

  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    const bool assets = r.path.starts_with("/client/v4/pages/assets/");
    return r.header("authorization") == std::string("Bearer ") + (assets ? kUploadToken : kToken);
  }

  [[nodiscard]] Json stage_of(const Deployment& d, UnixMs now) const {
    const Phase phase = phase_of(d, now);
    const char* status = phase == Phase::kLive     ? "success"
                         : phase == Phase::kFailed ? "failure"
                         : phase == Phase::kQueued ? "idle"
                                                   : "active";
    return {{"name", phase == Phase::kQueued || phase == Phase::kBuilding ? "queued" : "deploy"},
            {"status", status},
            {"started_on", rfc3339_from(d.at)},
            {"ended_on", nullptr}};
  }

  [[nodiscard]] Json view(const std::string& site, const Deployment& d, UnixMs now) const {
    return {{"id", d.id},
            {"short_id", d.id.substr(0, 8)},
            {"project_id", "id-" + site},
            {"project_name", site},
            {"environment", "production"},
            {"url", "https://" + d.id + "." + site + ".pages.dev"},
            {"created_on", rfc3339_from(d.at)},
            {"modified_on", rfc3339_from(d.at)},
            {"aliases", nullptr},
            {"env_vars", nullptr},
            {"is_skipped", false},
            {"latest_stage", stage_of(d, now)},
            {"stages", Json::array({stage_of(d, now)})},
            {"deployment_trigger", {{"type", "ad_hoc"}, {"metadata", {{"branch", "main"}}}}}};
  }

  [[nodiscard]] Json view(const std::string& name, const Site& site, UnixMs now) const {
    return {{"id", "id-" + name},
            {"name", name},
            {"subdomain", name + ".pages.dev"},
            {"domains", site.domains},
            {"production_branch", "main"},
            {"created_on", rfc3339_from(site.made_at)},
            {"latest_deployment",
             site.deployments.empty() ? Json() : view(name, site.deployments.back(), now)}};
  }

  using OfSite = FakeAnswer (*)(const std::string&, Site&, const FakeRequest&, Fake&);
  void of_site(std::string method, const std::string& rest, OfSite handler) {
    route(std::move(method), "api", "/client/v4/accounts/{account}/pages/projects/{name}" + rest,
          [this, handler](const FakeRequest& r) {
            if (r.parts[0] != kAccount) return refusal(403, "Authentication error");
            const auto found = sites_.find(r.parts[1]);
            return found == sites_.end() ? refusal(404, "Project not found")
                                         : handler(found->first, found->second, r, *this);
          });
  }

  static bool is_hash(const Json& value) {
    return value.is_string() && value.get<std::string>().size() == 32 &&
           value.get<std::string>().find_first_not_of("0123456789abcdef") == std::string::npos;
  }

  FakeAnswer make_site(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "production_branch"})) return *odd;
    const std::string name = r.json.value("name", "");
    if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)
      return refusal(400, "Invalid project name");
    if (r.json.value("production_branch", "").empty()) return refusal(400, "production_branch");
    if (sites_.contains(name)) return refusal(409, "A project with this name already exists");
    sites_[name] = {.made_at = r.now, .deployments = {}, .domains = {}};
    return result(view(name, sites_[name], r.now));
  }

  FakeAnswer list_sites(const FakeRequest& r) {
    const std::size_t size = page_size(std::stoul(r.param("per_page")));
    if (std::stoul(r.param("per_page")) > 10) return refusal(400, "per_page");
    const std::size_t from = (std::stoul(r.param("page")) - 1) * size;
    Json page = Json::array();
    std::size_t at = 0;
    for (const auto& [name, site] : sites_) {
      if (at >= from && at < from + size) page.push_back(view(name, site, r.now));
      ++at;
    }
    return result(page, {{"page", r.param("page")}, {"per_page", size}});
  }

  FakeAnswer deploy(const std::string& name, Site& site, const FakeRequest& r) {
    const auto parts = parts_of(r);
    if (!parts || !parts->contains("manifest")) return refusal(400, "a form with a manifest");
    const Json manifest = Json::parse(parts->at("manifest"), nullptr, false);
    if (!manifest.is_object()) return refusal(400, "manifest");
    for (const auto& [path, hash] : manifest.items()) {
      if (!path.starts_with('/') || !is_hash(hash)) return refusal(400, "manifest: " + path);
      if (!assets_.contains(hash.get<std::string>())) return refusal(400, "missing: " + path);
    }
    site.deployments.push_back(make_deployment(r.now));
    return result(view(name, site.deployments.back(), r.now));
  }

  FakeAnswer take_assets(const FakeRequest& r) {
    if (!r.json.is_array()) return refusal(400, "a list of files");
    for (const Json& one : r.json) {
      if (auto odd = unknown_field(one, {"key", "value", "metadata", "base64"})) return *odd;
      if (!is_hash(one.value("key", Json())) || !one.value("base64", false) ||
          one["metadata"].value("contentType", "").empty()) {
        return refusal(400, "key, value, metadata and base64");
      }
      assets_.insert(one["key"].get<std::string>());
    }
    return result(nullptr);
  }

  void page_routes() {
    of_account("GET", "/pages/projects",
               [](const FakeRequest& r, Fake& f) { return f.list_sites(r); });
    of_account("POST", "/pages/projects",
               [](const FakeRequest& r, Fake& f) { return f.make_site(r); });
    of_site("GET", "", [](const std::string& name, Site& site, const FakeRequest& r, Fake& f) {
      return result(f.view(name, site, r.now));
    });
    of_site("DELETE", "", [](const std::string& name, Site&, const FakeRequest&, Fake& f) {
      f.sites_.erase(std::string(name));
      return result(nullptr);
    });
    of_site("GET", "/upload-token", [](const std::string&, Site&, const FakeRequest&, Fake&) {
      return result({{"jwt", kUploadToken}});
    });
    of_site("POST", "/deployments",
            [](const std::string& name, Site& site, const FakeRequest& r, Fake& f) {
              return f.deploy(name, site, r);
            });
    of_site("GET", "/deployments/{id}",
            [](const std::string& name, Site& site, const FakeRequest& r, Fake& f) {
              const auto found = std::ranges::find(site.deployments, r.parts[2], &Deployment::id);
              return found == site.deployments.end() ? f.refusal(404, "Deployment not found")
                                                     : result(f.view(name, *found, r.now));
            });
    of_site("POST", "/domains", [](const std::string&, Site& site, const FakeRequest& r, Fake& f) {
      if (auto odd = f.unknown_field(r.json, {"name"})) return *odd;
      site.domains.push_back(r.json["name"]);
      return result({{"id", "domain-1"}, {"name", r.json["name"]}, {"status", "initializing"}});
    });
    route("POST", "api", "/client/v4/pages/assets/check-missing", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"hashes"})) return *odd;
      Json missing = Json::array();
      for (const Json& hash : r.json["hashes"]) {
        if (!is_hash(hash)) return refusal(400, "hashes");
        if (!assets_.contains(hash.get<std::string>())) missing.push_back(hash);
      }
      return result(missing);
    });
    route("POST", "api", "/client/v4/pages/assets/upload",
          [this](const FakeRequest& r) { return take_assets(r); });
    route("POST", "api", "/client/v4/pages/assets/upsert-hashes", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"hashes"})) return *odd;
      return result(nullptr);
    });
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
  std::map<std::string, Site> sites_;
  std::set<std::string> assets_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::cloudflare
