#include "tests/fakes/fake_cloud.h"

#include <algorithm>
#include <cassert>

namespace a67::fakes {
namespace {

constexpr std::string_view kEndpoint = "http://127.0.0.1:1";
constexpr std::size_t kSecretBytesMin = 6;

std::unexpected<Error> too_large() {
  return fail(ErrorCode::kTooLarge, "The answer is larger than allowed.");
}

Task<void> keep(Task<Result<Json>> task, std::optional<Result<Json>>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace

FakeCloud::FakeCloud(std::string_view provider, std::uint64_t seed)
    : random_(Random::from_number(seed)),
      fake_(make_fake(provider)),
      session_(std::make_unique<AccountSession>()),
      chaos_(seed) {
  const BuiltInProvider* known = find_provider(provider);
  assert(known != nullptr && fake_ != nullptr);
  session_->provider = known->provider;
  session_->route.endpoint = std::string(kEndpoint);
  const Sample sample = fake_->sample();
  session_->settings = sample.settings;
  give_credential(sample.credential);
}

void FakeCloud::give_credential(const std::vector<std::pair<std::string, std::string>>& fields) {
  session_->credential = Credential();
  for (const auto& [name, value] : fields) {
    session_->credential.put(name, Sensitive<std::string>(value));
  }
}

void FakeCloud::use_wrong_credential() {
  auto fields = fake_->sample().credential;
  for (auto& [name, value] : fields) std::ranges::reverse(value);
  give_credential(fields);
}

Result<Json> FakeCloud::finish(Task<Result<Json>> task, Duration within) {
  std::optional<Result<Json>> answer;
  TaskScope scope(executor_);
  scope.spawn(keep(std::move(task), &answer));
  const Instant end = executor_.now() + within;
  executor_.run(executor_.now());
  while (!answer) {
    const auto next = executor_.next_wake();
    if (!next || *next > end) return fail(ErrorCode::kInternal, "the operation never ended");
    executor_.run(*next);
  }
  return std::move(*answer);
}

Result<Json> FakeCloud::run_bare(std::string_view name, Json input) {
  Api api({.executor = executor_, .random = random_, .clock = *this, .http = *this}, *session_,
          std::string(name));
  return finish(session_->provider->find(name)->run(&api, std::move(input)), std::chrono::hours(2));
}

Result<Json> FakeCloud::run(std::string name, Json input, Duration within) {
  const bool gives_secret = name == "token.create";
  auto answer = finish(
      run_operation({.executor = executor_, .random = random_, .clock = *this, .http = *this},
                    session_.get(), std::move(name), std::move(input)),
      within);
  if (!answer) {
    look_for_leaks("error", answer.error().message + answer.error().hint);
    for (const std::string& line : answer.error().lines) look_for_leaks("error", line);
  } else if (!gives_secret) {
    look_for_leaks("answer", answer->dump());
  }
  for (const TraceLine& line : session_->trace) look_for_leaks("trace", line.path + line.error);
  return answer;
}

void FakeCloud::wait(Duration time) {
  const Instant end = executor_.now() + time;
  executor_.run(end);
}

void FakeCloud::look_for_leaks(const std::string& where, const std::string& text) {
  for (const auto& [name, value] : fake_->sample().credential) {
    if (value.size() >= kSecretBytesMin && text.find(value) != std::string::npos) {
      leaks_.push_back(name + " in " + where + ": " + text.substr(0, 200));
    }
  }
}

Task<Result<HttpResponse>> FakeCloud::send(HttpRequest request, UploadProgress /*progress*/) {
  ++sent_;
  look_for_leaks("URL", request.url);
  const Fate fate = chaos_.draw();
  co_await executor_.sleep(fate.delay);
  if (fate.kind == Fate::Kind::kCutBefore) {
    co_return fail(ErrorCode::kOutcomeUnknown, "The connection broke.");
  }
  if (fate.kind == Fate::Kind::kInstead) co_return fate.instead;
  if (fate.kind == Fate::Kind::kHugePage) co_return too_large();
  const std::string_view path = std::string_view(request.url).substr(kEndpoint.size());
  const bool planted = planted_.has_value();
  HttpResponse response =
      planted_ ? *std::exchange(planted_, std::nullopt) : fake_->handle(request, path, unix_now());
  record(request, path, response, planted || fake_->was_in_the_way());
  co_await executor_.sleep(Duration{5});
  if (fate.kind == Fate::Kind::kCutAfter) {
    co_return fail(ErrorCode::kOutcomeUnknown, "The connection broke.");
  }
  if (response.body.size() > request.bytes_max) {
    co_return too_large();
  }
  chaos_.disguise(response);
  co_return response;
}

void FakeCloud::record(const HttpRequest& request, std::string_view path,
                       const HttpResponse& response, bool planted) {
  Json headers = Json::object();
  for (const auto& [name, value] : request.headers) {
    if (name != "Authorization" && value.find("Bearer") == std::string::npos) headers[name] = value;
  }
  exchanges_.push_back({{"provider", session_->provider->id},
                        {"method", request.method},
                        {"path", path},
                        {"headers", headers},
                        {"body", request.body_is_bytes ? "" : request.body},
                        {"status", response.status},
                        {"planted", planted},
                        // Nobody looks at a planted one, and some are of 10 MB.
                        {"answer", planted ? std::string() : response.body}});
}

}  // namespace a67::fakes
