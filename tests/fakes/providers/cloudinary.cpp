// A fake of Cloudinary's upload, admin and delivery addresses (cloudinary.com/documentation).
#include <map>
#include <utility>

#include "engine/providers/authorize.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes::cloudinary {
namespace {

constexpr const char* kKey = "123456789012345";
constexpr const char* kSecret = "fakeSecretOfCloudinary01234";
constexpr const char* kBase = "/v1_1/a67-cloud";
constexpr const char* kDate = "2026-11-26T10:00:00Z";

class Fake final : public FakeProvider {
 public:
  Fake() {
    const std::string base = kBase;
    route("GET", "api", base + "/usage", [this](const FakeRequest&) {
      return FakeAnswer{.json = {{"plan", "Free"},
                                 {"last_updated", "2026-11-26"},
                                 {"credits", {{"usage", 0.5}, {"limit", 25}, {"used_percent", 2}}},
                                 {"storage", {{"usage", 1000}}},
                                 {"bandwidth", {{"usage", 2000}}},
                                 {"objects", {{"usage", assets_.size()}}},
                                 {"transformations", {{"usage", 0}}},
                                 {"media_limits", {{"raw_max_size_bytes", 10'485'760}}}}};
    });
    route("POST", "api", base + "/raw/upload", [this](const FakeRequest& r) { return upload(r); });
    route("POST", "api", base + "/raw/destroy", [this](const FakeRequest& r) {
      if (auto odd = unknown_field(r.json, {"public_id", "invalidate", "type"})) return *odd;
      return FakeAnswer{
          .json = {{"result", assets_.erase(r.json["public_id"]) == 0 ? "not found" : "ok"}}};
    });
    route("GET", "api", base + "/resources/raw", [this](const FakeRequest& r) { return list(r); });
    route("GET", "api", base + "/resources/raw/upload/{id}", [this](const FakeRequest& r) {
      const auto found = assets_.find(r.parts[0]);
      return found == assets_.end() ? refusal(404, "Resource not found - " + r.parts[0])
                                    : FakeAnswer{.json = view(found->first, found->second)};
    });
    route("GET", "res", "/a67-cloud/raw/upload/{version}/{rest...}",
          [this](const FakeRequest& r) { return deliver(r); });
  }

  [[nodiscard]] Sample sample() const override {
    return {.credential = {{"key", kKey}, {"secret", kSecret}},
            .settings = {{"cloud", "a67-cloud"}},
            .takes_blobs = false};
  }
  [[nodiscard]] bool is_empty() const override { return assets_.empty(); }
  [[nodiscard]] std::size_t count_named(const std::string& name) const override {
    return assets_.count(name);
  }

 private:
  struct Asset {
    std::string bytes;
    std::uint32_t version = 0;
  };

  [[nodiscard]] bool knows(const FakeRequest& r) const override {
    return r.host == "res" ||
           r.header("authorization") == "Basic " + base64_encode(std::string(kKey) + ":" + kSecret);
  }

  [[nodiscard]] FakeAnswer refusal(int status, const std::string& message) const override {
    return {.status = status, .json = {{"error", {{"message", message}}}}};
  }

  static Json view(const std::string& id, const Asset& asset) {
    return {{"asset_id", "0123456789abcdef0123456789abcdef"},
            {"public_id", id},
            {"version", asset.version},
            {"resource_type", "raw"},
            {"type", "upload"},
            {"created_at", kDate},
            {"bytes", asset.bytes.size()},
            {"etag", "abc"},
            {"secure_url", "https://res.cloudinary.com/a67-cloud/raw/upload/v1/x"}};
  }

  FakeAnswer upload(const FakeRequest& r) {
    if (auto odd = unknown_field(r.json, {"file", "public_id", "overwrite", "invalidate"}))
      return *odd;
    constexpr std::string_view kBegin = "data:application/octet-stream;base64,";
    const std::string file = r.json.value("file", "");
    const std::string id = r.json.value("public_id", "");
    if (!file.starts_with(kBegin)) return refusal(400, "Unsupported source URL");
    if (id.find_first_of("?&#\\%<>+") != std::string::npos || id.size() > 255)
      return refusal(400, "public_id is invalid");
    const auto bytes = base64_decode(std::string_view(file).substr(kBegin.size()));
    if (!bytes) return refusal(400, "Invalid base64");
    assets_[id] = {.bytes = *bytes, .version = ++version_};
    return {.json = view(id, assets_[id])};
  }

  FakeAnswer list(const FakeRequest& r) {
    if (r.param("type") != "upload" || r.param("prefix").empty()) return refusal(400, "prefix");
    const std::size_t limit =
        page_size(r.param("max_results").empty() ? 10 : std::stoul(r.param("max_results")));
    Json answer = {{"resources", Json::array()}};
    for (const auto& [id, asset] : assets_) {
      if (!id.starts_with(r.param("prefix")) || id <= r.param("next_cursor")) continue;
      if (answer["resources"].size() == limit) {
        answer["next_cursor"] = answer["resources"].back()["public_id"];
        break;
      }
      answer["resources"].push_back(view(id, asset));
    }
    return {.json = answer};
  }

  FakeAnswer deliver(const FakeRequest& r) {
    const auto found = assets_.find(r.parts[1]);
    if (found == assets_.end() || r.parts[0] != "v" + std::to_string(found->second.version))
      return {.status = 404};
    const std::string range = r.header("range");
    if (range.empty()) return {.text = found->second.bytes};
    const auto dash = range.find('-');
    const auto from = std::stoul(range.substr(6, dash - 6));
    const auto to = std::stoul(range.substr(dash + 1));
    return {.status = 206, .json = {}, .text = found->second.bytes.substr(from, to - from + 1)};
  }

  std::map<std::string, Asset> assets_;
  std::uint32_t version_ = 1'795'687'200;
};

}  // namespace

std::unique_ptr<FakeProvider> make() { return std::make_unique<Fake>(); }

}  // namespace a67::fakes::cloudinary
