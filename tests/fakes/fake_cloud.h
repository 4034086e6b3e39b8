// FakeCloud: one fake provider on virtual time behind an Http port, with an account at it.
//
// Requests take a moment; what chaos.h decides happens to them on the way. Every URL, body-less
// text and error that passes is searched for the account's credential. Exchanges can be recorded,
// for the validation against the provider's official description.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/fleet/relay_message.h"
#include "engine/providers/catalogue.h"
#include "engine/providers/operation_runner.h"
#include "tests/fakes/chaos.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes {

class FakeCloud final : private Http, private Relays, private WallClock {
 public:
  static constexpr UnixMs kBegin = 1'795'687'200'000;  // 2026-11-26T10:00:00Z

  // REQUIRES: the provider and its fake exist.
  explicit FakeCloud(std::string_view provider, std::uint64_t seed = 1);
  ~FakeCloud() override = default;

  // Runs one operation to its end; at most for `within` of virtual time.
  Result<Json> run(std::string name, Json input, Duration within = std::chrono::hours(2));
  // The operation's own function, without run_operation()'s care: to prove that the care is needed.
  Result<Json> run_bare(std::string_view name, Json input);
  void wait(Duration time);
  [[nodiscard]] UnixMs now() const { return unix_now(); }

  [[nodiscard]] FakeProvider& fake() { return *fake_; }
  [[nodiscard]] const Provider& provider() const { return *session_->provider; }
  [[nodiscard]] AccountSession& session() { return *session_; }
  [[nodiscard]] Sample sample() const { return fake_->sample(); }
  // As when an account is connected: what the provider says of it becomes the session's settings.
  Result<Json> verify();
  // As somebody else: every field's value is another.
  void use_wrong_credential();
  // From now on requests go by a node that lets through what `permit` lets through, as they are
  // written on the way to it and back. What answers any page is asked directly.
  struct Hop {
    std::function<Result<HttpRequest>(RelayRequest)> permit;
    std::function<HttpResponse(HttpResponse)> permit_answer;
  };
  void go_by_relay(Hop hop);
  // From now on they go by the page's host, for whom `read` says where a target leads.
  using ReadVia = std::function<Result<RelayRequest>(std::string_view target, HttpRequest)>;
  void go_by_rewrite(Hop hop, ReadVia read);
  [[nodiscard]] bool relays() const { return hop_.permit && !read_via_; }
  [[nodiscard]] std::size_t requests_relayed() const { return relayed_; }
  void set_chaos(Chaos::Rates rates) { chaos_.set_rates(rates); }
  void set_fate(std::size_t nth, Fate::Kind kind) { chaos_.set_fate(nth, kind); }
  // A blob of the host's, as requests name it.
  void keep_blob(std::string name, std::string bytes) {
    blobs_[std::move(name)] = std::move(bytes);
  }
  // Replaces the provider's next answer, once.
  void answer_next_with(HttpResponse response) { planted_ = std::move(response); }

  // Where a secret was seen that must not be: empty when nowhere.
  [[nodiscard]] const std::vector<std::string>& leaks() const { return leaks_; }
  [[nodiscard]] std::size_t requests_sent() const { return sent_; }
  // One JSON object a line for the validator.
  [[nodiscard]] const std::vector<Json>& exchanges() const { return exchanges_; }

 private:
  Result<Json> finish(Task<Result<Json>> task, Duration within);
  ApiPorts ports() {
    return {
        .executor = executor_, .random = random_, .clock = *this, .http = *this, .relays = this};
  }
  [[nodiscard]] std::vector<Node> nodes() const override { return {}; }
  Task<Result<HttpResponse>> send(std::string node, std::string provider,
                                  HttpRequest request) override;
  Task<Result<HttpResponse>> send_via(std::string origin, std::string provider,
                                      HttpRequest request) override;
  [[nodiscard]] std::string path_of(const std::string& url) const;
  using Http::send;
  Task<Result<HttpResponse>> send(HttpRequest request, UploadProgress progress) override;
  [[nodiscard]] UnixMs unix_now() const override {
    return kBegin + executor_.now().time_since_epoch().count();
  }
  void give_credential(const std::vector<std::pair<std::string, std::string>>& fields);
  void look_for_leaks(const std::string& where, const std::string& text);
  // Error: kNotFound and kInvalidInput, as hosts answer.
  Result<void> put_blob(HttpRequest& request) const;
  void record(const HttpRequest& request, std::string_view path, const HttpResponse& response,
              bool planted);

  Executor executor_;
  Random random_;
  std::unique_ptr<FakeProvider> fake_;
  std::unique_ptr<AccountSession> session_;
  Chaos chaos_;
  std::optional<HttpResponse> planted_;
  std::map<std::string, std::string> blobs_;
  std::vector<std::string> leaks_;
  std::vector<Json> exchanges_;
  std::size_t sent_ = 0;
  Hop hop_;
  ReadVia read_via_;
  std::size_t relayed_ = 0;
};

}  // namespace a67::fakes
