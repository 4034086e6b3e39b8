// How long the engine thinks about one request to a provider: the operation's function, the request
// built, the credential put on, the turn waited for, the answer read and turned into the described
// output. The network answers at once.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "engine/providers/catalogue.h"
#include "engine/providers/operation_runner.h"

namespace {

using namespace a67;

constexpr int kRounds = 200;
constexpr int kCallsARound = 50;

class Answers final : public Http, public WallClock {
 public:
  explicit Answers(std::string body) : body_(std::move(body)) {}
  using Http::send;
  Task<Result<HttpResponse>> send(HttpRequest /*request*/, UploadProgress /*progress*/) override {
    ++sent;
    co_return HttpResponse{
        .status = 200, .headers = {{"content-type", "application/json"}}, .body = body_};
  }
  [[nodiscard]] UnixMs unix_now() const override { return 1'795'687'200'000; }
  std::size_t sent = 0;

 private:
  std::string body_;
};

Task<void> keep(Task<Result<Json>> task, std::optional<Result<Json>>* out) {
  out->emplace(co_await std::move(task));
}

// A page of Render's list with 20 services, about 12 kB.
std::string page_of_services() {
  Json page = Json::array();
  for (int at = 0; at < 20; ++at) {
    Json service = Json::parse(
        R"({"id":"srv-1","name":"guestbook","ownerId":"tea-1","type":"web_service","createdAt":"2026-11-26T10:00:00Z",
            "updatedAt":"2026-11-26T10:00:00Z","suspended":"not_suspended","suspenders":[],"autoDeploy":"no",
            "notifyOnFail":"default","slug":"guestbook","rootDir":"","dashboardUrl":"https://dashboard.render.com/web/srv-1",
            "serviceDetails":{"env":"image","runtime":"image","plan":"free","region":"frankfurt","numInstances":1,
            "buildPlan":"starter","healthCheckPath":"/","openPorts":[],"url":"https://guestbook.onrender.com"}})");
    page.push_back({{"service", std::move(service)}, {"cursor", ""}});
  }
  return page.dump();
}

// Microseconds a call, the median of the rounds.
double measure(const char* operation, const Json& input, std::string body) {
  Answers answers(std::move(body));
  Executor executor;
  Random random = Random::from_number(1);
  AccountSession session;
  session.provider = find_provider("render")->provider;
  session.credential.put("token", Sensitive<std::string>(std::string("rnd_0123456789")));
  session.settings = {{"owner", "tea-1"}};
  std::vector<double> rounds;
  for (int round = 0; round < kRounds; ++round) {
    const auto sent = answers.sent;
    const auto begin = std::chrono::steady_clock::now();
    for (int call = 0; call < kCallsARound; ++call) {
      std::optional<Result<Json>> out;
      TaskScope scope(executor);
      scope.spawn(keep(
          run_operation({.executor = executor, .random = random, .clock = answers, .http = answers},
                        &session, operation, input),
          &out));
      executor.run(executor.now());
      if (!out || !*out) std::abort();
    }
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    rounds.push_back(took.count() / static_cast<double>(answers.sent - sent));
  }
  std::ranges::sort(rounds);
  return rounds[rounds.size() / 2];
}

}  // namespace

int main() {
  const double scale = measure("service.scale", {{"service", "srv-1"}, {"instances", 2}}, "{}");
  const double list = measure("service.list", Json::object(), page_of_services());
  std::printf("one small request and its answer:              %6.1f us (goal < 50)\n", scale);
  std::printf("a page of 20 services (about 12 kB) and back:  %6.1f us\n", list);
}
