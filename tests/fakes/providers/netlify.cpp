// A fake of Netlify's API, open-api.netlify.com.
#include <algorithm>
#include <utility>

#include "engine/providers/json_template.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::netlify {
namespace {

constexpr const char* kToken = "nfp_fakeTokenOfNetlify0123456789";
constexpr const char* kAccount = "adas-team";

// Reads a ZIP for itself: by its directory, only stored files, checking every checksum.
class ZipReader {
 public:
  explicit ZipReader(const std::string& bytes) : bytes_(bytes) {}

  // The paths, or nothing when it is no such archive.
  [[nodiscard]] std::optional<std::vector<std::string>> paths() const {
    const auto end = bytes_.rfind("PK\x05\x06");
    if (end == std::string::npos || end + 22 != bytes_.size()) return std::nullopt;
    std::vector<std::string> found;
    std::size_t at = number(end + 16, 4);
    for (std::size_t left = number(end + 10, 2); left > 0; --left) {
      if (bytes_.compare(at, 4, "PK\x01\x02") != 0) return std::nullopt;
      const std::string name = bytes_.substr(at + 46, number(at + 28, 2));
      if (!is_sound(at, number(at + 42, 4), name)) return std::nullopt;
      found.push_back(name);
      at += 46 + name.size() + number(at + 30, 2) + number(at + 32, 2);
    }
    return at == end ? std::optional(found) : std::nullopt;
  }

 private:
  [[nodiscard]] std::size_t number(std::size_t at, std::size_t count) const {
    std::size_t value = 0;
    for (std::size_t byte = 0; byte < count && at + byte < bytes_.size(); ++byte) {
      value |= static_cast<std::size_t>(static_cast<unsigned char>(bytes_[at + byte])) << 8 * byte;
    }
    return value;
  }

  [[nodiscard]] bool is_sound(std::size_t entry, std::size_t local, const std::string& name) const {
    // Both headers must say the same of the file, which starts behind the local one.
    if (local + 30 > bytes_.size() || bytes_.compare(local, 4, "PK\x03\x04") != 0) return false;
    if (bytes_.compare(local + 4, 26, bytes_, entry + 6, 26) != 0) return false;
    if (bytes_.compare(local + 30, name.size(), name) != 0) return false;
    const std::size_t size = number(entry + 20, 4);
    const std::string content = bytes_.substr(local + 30 + name.size(), size);
    return number(entry + 10, 2) == 0 && content.size() == size &&
           checksum(content) == number(entry + 16, 4);
  }

  static std::size_t checksum(const std::string& content) {
    std::uint32_t crc = 0xffff'ffffU;
    for (const char c : content) {
      crc ^= static_cast<unsigned char>(c);
      for (int bit = 0; bit < 8; ++bit)
        crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xedb8'8320U : crc >> 1U;
    }
    return ~crc;
  }

  const std::string& bytes_;
};

class Fake final : public FakeProvider {
 public:
  Fake() {
    route("GET", "api", "/api/v1/user", [](const FakeRequest&) {
      return FakeAnswer{
          .json = {{"id", "user-1"}, {"full_name", "Ada"}, {"email", "ada@example.org"}}};
    });
    route("GET", "api", "/api/v1/accounts", [this](const FakeRequest&) { return accounts(); });
    route("GET", "api", "/api/v1/{account}/sites", [this](const FakeRequest& r) {
      return r.parts[0] == kAccount ? list(r) : refusal(404, "Not Found");
    });
    route("POST", "api", "/api/v1/{account}/sites", [this](const FakeRequest& r) {
      return r.parts[0] == kAccount ? create(r) : refusal(404, "Not Found");
    });
    of_site("GET", "", [](Site& s, const FakeRequest& r, Fake& f) {
      return FakeAnswer{.json = f.view(s, r.now)};
    });
    of_site("PATCH", "", [](Site& s, const FakeRequest& r, Fake& f) { return f.change(s, r); });
    of_site("DELETE", "", [](Site& s, const FakeRequest&, Fake& f) {
      const std::string id = s.id;
      std::erase_if(f.sites_, [&](const Site& one) { return one.id == id; });
      return FakeAnswer{.status = 204};
    });
    of_site("POST", "/deploys",
            [](Site& s, const FakeRequest& r, Fake& f) { return f.deploy(s, r); });
    of_site("GET", "/deploys/{deploy}", [](Site& s, const FakeRequest& r, Fake& f) {
      const auto found = std::ranges::find(s.deployments, r.parts[1], &Deployment::id);
      return found == s.deployments.end() ? f.refusal(404, "Not Found")
                                          : FakeAnswer{.json = f.view(s, *found, r.now)};
    });
  }

  [[nodiscard]] Sample sample() const override { return {.credential = {{"token", kToken}}}; }
  [[nodiscard]] bool is_empty() const override { return sites_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return static_cast<std::size_t>(std::ranges::count(sites_, name, &Site::name));
  }

 private:
  struct Site {
    std::string id;
    std::string name;
    UnixMs made_at = 0;
    std::string domain;
    Json aliases = Json::array();
    std::vector<Deployment> deployments;
  };
  using OfSite = FakeAnswer (*)(Site&, const FakeRequest&, Fake&);

  void of_site(std::string method, const std::string& rest, OfSite handler) {
    route(std::move(method), "api", "/api/v1/sites/{id}" + rest,
          [this, handler](const FakeRequest& r) {
            const auto found = std::ranges::find(sites_, r.parts[0], &Site::id);
            return found == sites_.end() ? refusal(404, "Not Found") : handler(*found, r, *this);
          });
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"code", status}, {"message", message}}};
  }

  [[nodiscard]] static std::string url_of(const Site& s) {
    return "https://" + (s.domain.empty() ? s.name + ".netlify.app" : s.domain);
  }

  [[nodiscard]] Json view(const Site& s, UnixMs now) const {
    Json site = {{"id", s.id},
                 {"state", "current"},
                 {"plan", "nf_team_dev"},
                 {"name", s.name},
                 {"domain_aliases", s.aliases},
                 {"url", url_of(s)},
                 {"ssl_url", url_of(s)},
                 {"admin_url", "https://app.netlify.com/projects/" + s.name},
                 {"created_at", rfc3339_from(s.made_at)},
                 {"updated_at", rfc3339_from(s.made_at)},
                 {"account_slug", kAccount}};
    if (!s.domain.empty()) site["custom_domain"] = s.domain;
    for (const Deployment& one : s.deployments) {
      if (phase_of(one, now) == Phase::kLive) site["published_deploy"] = view(s, one, now);
    }
    return site;
  }

  [[nodiscard]] Json view(const Site& s, const Deployment& d, UnixMs now) const {
    static const std::map<Phase, const char*> kWords = {{Phase::kQueued, "uploaded"},
                                                        {Phase::kBuilding, "preparing"},
                                                        {Phase::kDeploying, "processing"},
                                                        {Phase::kLive, "ready"},
                                                        {Phase::kFailed, "error"}};
    Json deploy = {{"id", d.id},
                   {"site_id", s.id},
                   {"state", kWords.at(phase_of(d, now))},
                   {"name", s.name},
                   {"ssl_url", url_of(s)},
                   {"deploy_ssl_url", "https://" + d.id + "--" + s.name + ".netlify.app"},
                   {"created_at", rfc3339_from(d.at)},
                   {"context", "production"}};
    if (phase_of(d, now) == Phase::kFailed) deploy["error_message"] = "Deploy failed";
    return deploy;
  }

  [[nodiscard]] FakeAnswer accounts() const {
    Json account = {{"id", "account-1"},
                    {"name", "Ada's team"},
                    {"slug", kAccount},
                    {"type", "PERSONAL"},
                    {"capabilities",
                     {{"sites", {{"included", 500}, {"used", sites_.size()}}},
                      {"collaborators", {{"included", 1}, {"used", 1}}}}}};
    return {.json = Json::array({account})};
  }

  FakeAnswer list(const FakeRequest& r) {
    const std::size_t size =
        page_size(r.param("per_page").empty() ? 100 : std::stoul(r.param("per_page")));
    const std::size_t page = r.param("page").empty() ? 1 : std::stoul(r.param("page"));
    Json sites = Json::array();
    for (std::size_t at = (page - 1) * size; at < sites_.size() && sites.size() < size; ++at) {
      sites.push_back(view(sites_[at], r.now));
    }
    return {.json = sites};
  }

  FakeAnswer create(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"name", "custom_domain"})) return *odd;
    const std::string name = r.json.value("name", make_id("random-name-"));
    if (count_named(name) != 0) {
      return {.status = 422, .json = {{"errors", {{"subdomain", {"must be unique"}}}}}};
    }
    sites_.push_back({.id = make_id("site-"), .name = name, .made_at = r.now});
    return {.status = 201, .json = view(sites_.back(), r.now)};
  }

  FakeAnswer change(Site& s, const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"custom_domain", "domain_aliases"})) return *odd;
    s.domain = r.json.value("custom_domain", s.domain);
    s.aliases = r.json.value("domain_aliases", s.aliases);
    return {.json = view(s, r.now)};
  }

  FakeAnswer deploy(Site& s, const FakeRequest& r) {
    if (r.header("content-type") != "application/zip") {
      return refusal(422, "this fake takes a zip only");
    }
    const auto paths = ZipReader(r.body).paths();
    if (!paths || paths->empty()) return refusal(422, "the zip cannot be read");
    s.deployments.push_back(make_deployment(r.now));
    return {.json = view(s, s.deployments.back(), r.now)};
  }

  std::vector<Site> sites_;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::netlify
