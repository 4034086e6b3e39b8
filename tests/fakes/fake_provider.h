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
#include "tests/fakes/free_plan.h"

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
  bool cut = false;  // the connection broke: `body` is only what had arrived

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
  std::vector<std::string> databases = {""};  // of documents; empty: none is named
  bool versions = false;                      // of documents
  bool takes_blobs = true;                    // object.put by the name of a blob
};

// Something that is in the way of some requests: a plan, a card, a region, a quota.
struct Obstacle {
  std::string method = {};  // empty: of every method
  std::string path = {};    // what the path holds
  std::string body = {};    // what the body holds
  bool changes_only = true;
  bool spares_removals = false;
  FakeAnswer answer = {};
  // So many that fit are answered as ever: in all, or in every `window` (a quota that comes back).
  std::uint32_t after = 0;
  Duration window{0};
};

// Whether it changes something, or takes something away: GraphQL does all by POST.
bool is_change(const FakeRequest& request);
bool is_removal(const FakeRequest& request);

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

  // The connection broke in the middle of the body. What arrived is lost unless keeps_part().
  void take_part(const HttpRequest& request, std::string_view path, UnixMs now);

  [[nodiscard]] virtual Sample sample() const = 0;
  // Nothing that costs anything is left.
  [[nodiscard]] virtual bool is_empty() const = 0;
  // How many things people would call a service (site, database ...) bear this name.
  [[nodiscard]] virtual std::size_t count_named(const std::string& name) const = 0;

  // An object's bytes; null when there is none.
  [[nodiscard]] virtual const std::string* stored(const std::string& /*bucket*/,
                                                  const std::string& /*key*/) const {
    return nullptr;
  }
  // Uploads that were begun and cost something until somebody ends them.
  [[nodiscard]] virtual std::size_t unfinished_uploads() const { return 0; }
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
  // Stands there until cleared.
  void put_in_the_way(Obstacle obstacle) { obstacles_.push_back({std::move(obstacle), {}}); }
  void clear_the_way() { obstacles_.clear(); }
  // The last answer was an obstacle's.
  [[nodiscard]] bool was_in_the_way() const { return was_in_the_way_; }
  // How many fitted the first obstacle so far.
  [[nodiscard]] std::size_t met() const {
    return obstacles_.empty() ? 0 : obstacles_.front().met.size();
  }
  // As this provider says no, in its own shape.
  [[nodiscard]] FakeAnswer no(int status, const std::string& message) const {
    return refusal(status, message);
  }
  // The credential may do more than Automator67 asks for, where the API tells such things.
  void widen_token(bool wide) { wide_token_ = wide; }
  // The provider's clock is so far ahead of the one everybody else uses.
  void set_clock_ahead(Duration time) { clock_ahead_ = time; }
  // The service of this name is on a plan that sleeps, from now on. False: the provider has none,
  // or no such service.
  virtual bool put_on_free_plan(const std::string& /*name*/, UnixMs /*now*/) { return false; }
  // A request to that service's own address, as somebody who uses the app makes it.
  virtual FreePlan::Visit visit(const std::string& /*name*/, UnixMs /*now*/) { return {}; }
  // How long a deployment takes; a quarter of it it is queued.
  void set_deploy_time(Duration time) { deploy_time_ = time; }

 protected:
  // "/v1/services/{id}" of host "api"; the first route that fits is taken.
  void route(std::string method, std::string host, std::string pattern, Handler handler);

  // The provider's own shape of an error.
  [[nodiscard]] virtual FakeAnswer refusal(int status, const std::string& message) const = 0;
  // False: 401. Called before every handler; the default wants "Bearer <token>".
  [[nodiscard]] virtual bool knows(const FakeRequest& request) const;

  [[nodiscard]] virtual bool keeps_part(const FakeRequest& /*request*/) const { return false; }
  // What a signature of the wrong time gets, when it is right otherwise.
  [[nodiscard]] virtual std::optional<FakeAnswer> wrong_time(const FakeRequest& /*request*/) const {
    return std::nullopt;
  }

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
  [[nodiscard]] bool has_wide_token() const { return wide_token_; }
  // A token that was made by the API, by its id, until it is ended.
  void accept_token(const std::string& id, std::string value) { tokens_[id] = std::move(value); }
  void end_token(const std::string& id) { tokens_.erase(id); }
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
  [[nodiscard]] FakeRequest read(const HttpRequest& http, std::string_view path, UnixMs now) const;
  struct Standing {
    Obstacle obstacle;
    std::vector<UnixMs> met;
  };
  FakeAnswer answer(FakeRequest& request);
  std::optional<FakeAnswer> in_the_way(const FakeRequest& request);
  bool over_the_limit(UnixMs now);

  std::vector<Route> routes_;
  std::map<std::string, std::string> tokens_;
  std::uint64_t next_id_ = 1;
  bool fail_next_ = false;
  bool expired_ = false;
  bool wide_token_ = false;
  std::size_t page_max_ = 1000;
  Duration deploy_time_{20'000};
  std::uint32_t rate_count_ = 0;
  Duration rate_window_{0};
  std::vector<UnixMs> recent_;
  std::vector<Standing> obstacles_;
  bool was_in_the_way_ = false;
  Duration clock_ahead_{0};
  std::unique_ptr<FakeOAuth> oauth_;
};

// Every fake, by the provider's id: the build finds the files of this folder.
std::unique_ptr<FakeProvider> make_fake(std::string_view provider);
std::span<const std::string_view> fake_ids();

}  // namespace a67::fakes
