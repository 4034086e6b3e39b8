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
  for (const Json& source : sample.sources) {
    if (source.contains("blob")) keep_blob(source["blob"], "an archive");
  }
  give_credential(sample.credential);
}

void FakeCloud::give_credential(const std::vector<std::pair<std::string, std::string>>& fields) {
  session_->credential = Credential();
  for (const auto& [name, value] : fields) {
    session_->credential.put(name, Sensitive<std::string>(value));
  }
}

Result<Json> FakeCloud::verify() {
  auto verified = run("account.verify", Json::object());
  if (verified) session_->settings.update(object_at(*verified, "settings"));
  return verified;
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
  Api api(ports(), *session_, std::string(name));
  return finish(session_->provider->find(name)->run(&api, std::move(input)), std::chrono::hours(2));
}

Result<Json> FakeCloud::run(std::string name, Json input, Duration within) {
  const bool gives_secret = name == "token.create";
  auto answer =
      finish(run_operation(ports(), session_.get(), std::move(name), std::move(input)), within);
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

void FakeCloud::go_by_relay(Hop hop) {
  hop_ = std::move(hop);
  session_->route = {.transport = Transport::kRelay, .base = "n-1"};
}

void FakeCloud::go_by_rewrite(Hop hop, ReadVia read) {
  hop_ = std::move(hop);
  read_via_ = std::move(read);
  session_->route = {.transport = Transport::kRewrite, .base = "https://page.example"};
}

Task<Result<HttpResponse>> FakeCloud::send_via(std::string origin, std::string /*provider*/,
                                               HttpRequest request) {
  ++relayed_;
  const std::string target = request.url.substr(origin.size());
  auto read = read_via_(target, std::move(request));
  if (!read) co_return std::unexpected(read.error());
  auto permitted = hop_.permit(std::move(*read));
  if (!permitted) co_return std::unexpected(permitted.error());
  auto answer = co_await send(std::move(*permitted));
  if (answer) *answer = hop_.permit_answer(std::move(*answer));
  co_return answer;
}

Task<Result<HttpResponse>> FakeCloud::send(std::string /*node*/, std::string provider,
                                           HttpRequest request) {
  ++relayed_;
  RelayRequest wanted{.id = "r-1", .provider = std::move(provider), .http = std::move(request)};
  auto read = read_relay_request(write_relay_request(wanted));
  if (!read) co_return std::unexpected(read.error());
  auto permitted = hop_.permit(std::move(*read));
  if (!permitted) co_return std::unexpected(permitted.error());
  auto answer = co_await send(std::move(*permitted));
  if (!answer) co_return answer;
  co_return read_relay_answer(write_relay_answer(hop_.permit_answer(std::move(*answer))));
}

// As the fake wants it: "/api/v1/x", or "/data/<an account's own host>/x".
std::string FakeCloud::path_of(const std::string& url) const {
  if (url.starts_with(kEndpoint)) return url.substr(kEndpoint.size());
  const auto begin = url.find('/', url.find("://") + 3);
  const std::string origin = url.substr(0, begin);
  for (const ProviderHost& host : session_->provider->hosts) {
    if (!origin_matches(host.origin, origin)) continue;
    const bool own = host.origin.contains('*');
    return "/" + std::string(host.key) + (own ? "/" + origin.substr(8) : "") + url.substr(begin);
  }
  return "/nowhere";
}

Result<void> FakeCloud::put_blob(HttpRequest& request) const {
  const auto found = blobs_.find(request.blob);
  if (found == blobs_.end()) return fail(ErrorCode::kNotFound, "There is no such blob.");
  const BlobPart& part = request.blob_part;
  if (part.of != 0 && (part.of != found->second.size() || part.from + part.bytes > part.of)) {
    return fail(ErrorCode::kInvalidInput, "The file has another size.");
  }
  request.body = part.of == 0 ? found->second : found->second.substr(part.from, part.bytes);
  request.body_is_bytes = true;
  return {};
}

Task<Result<HttpResponse>> FakeCloud::send(HttpRequest request, UploadProgress /*progress*/) {
  if (!request.blob.empty()) {
    if (auto there = put_blob(request); !there) co_return std::unexpected(there.error());
  }
  ++sent_;
  look_for_leaks("URL", request.url);
  const Fate fate = chaos_.draw();
  co_await executor_.sleep(fate.delay);
  if (fate.kind == Fate::Kind::kCutBefore) {
    co_return fail(ErrorCode::kOutcomeUnknown, "The connection broke.");
  }
  if (fate.kind == Fate::Kind::kInstead) co_return fate.instead;
  if (fate.kind == Fate::Kind::kHugePage) co_return too_large();
  const std::string path = path_of(request.url);
  if (fate.kind == Fate::Kind::kCutInside) {
    request.body.resize(request.body.size() * fate.arrived / 1000);
    fake_->take_part(request, path, unix_now());
    co_return fail(ErrorCode::kOutcomeUnknown, "The connection broke.");
  }
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
