// FakeProvider: one provider's API in memory, stricter than the real thing, on a clock of its own.
//
// It refuses what the provider's description does not know: unknown paths, methods, fields, a
// missing or wrong credential, too many requests. Deployments take time, and fail when asked to. It
// shares no code with the adapters: what they build, it reads for itself.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/ports/http.h"
#include "engine/providers/provider.h"

namespace a67::fakes {

struct FakeRequest {
  std::string method;
  std::string host;      // the provider's host key: "api"
  std::string own_host;  // the host's name where it is the account's own ("x.supabase.co")
  std::string path;      // decoded segments are in `parts`
  std::map<std::string, std::string> query;    // decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  Json json;                       // null when the body is none
  std::vector<std::string> parts;  // what the route's {...} stood for, decoded
  UnixMs now = 0;

  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] std::string param(const std::string& name) const;  // of the query
};

struct FakeAnswer {
  int status = 200;
  Json json;              // sent as JSON unless null
  std::string text = {};  // else this
  Headers headers = {};
};

// "a=1&b=%2F", decoded.
std::map<std::string, std::string> parse_query(std::string_view text);

// "2026-11-26T10:00:00Z"; `fraction` stands before the Z, e.g. ".000".
std::string date(UnixMs at, std::string_view fraction = {});

// What a conformance test needs to know of an account at this fake.
struct Sample {
  std::vector<std::pair<std::string, std::string>> credential;  // the right one, field by field
  Json settings = Json::object();
  Json sources = Json::object();  // per capability: the `source` of service.create
  Json create = Json::object();   // more of its input
  std::string region;             // for databases and buckets
  std::string collection = "things";
};

// A service as its provider would run it: for tests that run it for real.
struct FakeService {
  std::string name;
  std::string url;  // where people reach it
  Json env = Json::object();
  Json source = Json::object();  // `image`, or `repo` with `root`, `build` and `start`
};

class FakeOAuth;

class FakeProvider {
 public:
  using Handler = std::function<FakeAnswer(const FakeRequest&)>;

  FakeProvider();
  FakeProvider(const FakeProvider&) = delete;
  FakeProvider& operator=(const FakeProvider&) = delete;
  virtual ~FakeProvider();

  // `path` is what follows the endpoint: "/api/v1/services?limit=1".
  HttpResponse handle(const HttpRequest& request, std::string_view path, UnixMs now);

  [[nodiscard]] virtual Sample sample() const = 0;
  // Nothing that costs anything is left.
  [[nodiscard]] virtual bool is_empty() const = 0;
  // How many things people would call a service (site, database ...) bear this name.
  [[nodiscard]] virtual std::size_t count_named(const std::string& name) const = 0;

  // What was ordered to run here; nothing where a fake runs nothing.
  [[nodiscard]] virtual std::vector<FakeService> running() const { return {}; }

  // The page where a person signs in: where it sends the browser on, given the query it was opened
  // with. Nothing when it would show an error instead. REQUIRES: serve_oauth() was called.
  std::optional<std::string> agree_to_sign_in(std::string_view query);
  void serve_oauth(const Provider& provider);

  // ---- knobs of tests
  void fail_next_deployment() { fail_next_ = true; }
  // From now on every credential is refused.
  void expire_credentials() { expired_ = true; }
  // At most `count` requests in a window, whatever the card says; then 429.
  void limit_rate(std::uint32_t count, Duration window);
  // Lists come in pages of at most so many, however many are asked for.
  void set_page_max(std::size_t count) { page_max_ = count; }
  // How long a deployment takes; a quarter of it it is queued.
  void set_deploy_time(Duration time) { deploy_time_ = time; }

 protected:
  // "/v1/services/{id}" of host "api"; the first route that fits is taken.
  void route(std::string method, std::string host, std::string pattern, Handler handler);

  // The provider's own shape of an error.
  [[nodiscard]] virtual FakeAnswer refusal(int status, const std::string& message) const = 0;
  // False: 401. Called before every handler; the default wants "Bearer <token>".
  [[nodiscard]] virtual bool knows(const FakeRequest& request) const;

  // What of `json` no field of `allowed` names, as a 400; nothing when all is well.
  [[nodiscard]] std::optional<FakeAnswer> unknown_field(
      const Json& json, std::initializer_list<std::string_view> allowed) const;

  // 0..1 of the deployment done at `now`; its end is success or failure.
  enum class Phase : std::uint8_t { kQueued, kBuilding, kDeploying, kLive, kFailed };
  struct Deployment {
    std::string id;
    UnixMs at = 0;
    bool fails = false;
    bool cancelled = false;
  };
  Deployment make_deployment(UnixMs now);
  [[nodiscard]] Phase phase_of(const Deployment& deployment, UnixMs now) const;

  // "srv-000001": never used again.
  std::string make_id(std::string_view prefix);
  [[nodiscard]] std::size_t page_size(std::size_t asked) const {
    return std::min(asked, page_max_);
  }

 private:
  struct Route {
    std::string method;
    std::string host;
    std::vector<std::string> parts;
    Handler handler;
  };
  FakeAnswer answer(FakeRequest& request);
  bool over_the_limit(UnixMs now);

  std::vector<Route> routes_;
  std::uint64_t next_id_ = 1;
  bool fail_next_ = false;
  bool expired_ = false;
  std::size_t page_max_ = 1000;
  Duration deploy_time_{20'000};
  std::uint32_t rate_count_ = 0;
  Duration rate_window_{0};
  std::vector<UnixMs> recent_;
  std::unique_ptr<FakeOAuth> oauth_;
};

// Every fake, by the provider's id: the build finds the files of this folder.
std::unique_ptr<FakeProvider> make_fake(std::string_view provider);
std::span<const std::string_view> fake_ids();

}  // namespace a67::fakes
