#include "engine/providers/api.h"

#include <algorithm>
#include <utility>

#include "engine/providers/answer.h"
#include "engine/providers/authorize.h"

namespace a67 {
namespace {

std::string query_text(const ApiRequest& request) {
  std::string text;
  for (const auto& [name, value] : request.query) {
    if (value.empty()) continue;
    text += text.empty() ? '?' : '&';
    text += percent_encode(name) + "=" + percent_encode(value);
  }
  return text;
}

// Whoever sends "/bucket/../other" sends "/other": a name must not lead somewhere else.
bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
  }
  return false;
}

Result<HttpRequest> to_http(const ApiRequest& request, const AccountSession& session, UnixMs now) {
  if (has_dot_segment(request.path)) {
    return fail(ErrorCode::kInvalidInput, "A name or part of one may not be `.` or `..`.",
                "Take another name.");
  }
  const auto url = url_of(*session.provider, session.route, request.host, request.path);
  if (!url) return std::unexpected(url.error());
  HttpRequest http;
  http.method = request.method;
  // Signed for where it ends, whatever the way there.
  const auto end = url_of(*session.provider, Route{}, request.host, request.path);
  if (!end) return std::unexpected(end.error());
  const std::string query = query_text(request);
  http.url = *end + query;
  http.headers = request.headers;
  if (session.provider->extra_headers != nullptr) {
    for (auto& header : session.provider->extra_headers())
      http.headers.push_back(std::move(header));
  }
  if (!request.body.is_null()) {
    http.body = dump_json(request.body);
    if (!request.bare) {
      http.headers.emplace_back(
          "Content-Type", request.content_type.empty() ? "application/json" : request.content_type);
    }
  } else if (!request.content_type.empty()) {
    http.body = request.bytes;
    http.body_is_bytes = true;
    http.headers.emplace_back("Content-Type", request.content_type);
  }
  http.blob = request.blob;
  http.blob_part = request.blob_part;
  http.timeout = request.timeout;
  http.bytes_max = request.bytes_max;
  http.answer_is_bytes = request.answer == Answer::kBytes;
  if (auto signed_off = authorize(http, request, session.credential, session.settings, now);
      !signed_off) {
    return std::unexpected(signed_off.error());
  }
  http.url = *url + query;
  return http;
}

bool is_success(int status) { return status >= 200 && status < 300; }

// A PUT may be sent again and makes something all the same.
bool makes_something(const ApiRequest& request) {
  return !is_safe_to_repeat(request) || request.method == "PUT";
}

bool is_expected(const ApiRequest& request, int status) {
  return is_success(status) || std::ranges::contains(request.expected, status);
}

// A page for people where a text for programs was promised: a login page of the network.
bool is_page(std::string_view text) {
  const auto begin = std::min(text.find_first_not_of(" \r\n\t"), text.size());
  const std::string_view tag = text.substr(begin, 5);
  return tag == "<html" || tag == "<HTML" || tag == "<!DOC" || tag == "<!doc";
}

bool is_readable(const ApiRequest& request, const ApiAnswer& answer) {
  if (request.answer == Answer::kText && is_success(answer.status)) return !is_page(answer.text);
  return request.answer != Answer::kJson || !is_success(answer.status) || answer.text.empty() ||
         !answer.json.is_null();
}

// Success, and then something else than was promised: what changes something may have been done.
Error unreadable(const Provider& provider, const ApiRequest& request) {
  return {.code = is_safe_to_repeat(request) ? ErrorCode::kInternal : ErrorCode::kOutcomeUnknown,
          .message = "What answered instead of " + std::string(provider.name) + " is not its API.",
          .hint =
              "Is there a login page of this network, or a proxy, in between? Open a web page "
              "and look."};
}

}  // namespace

Task<Result<HttpResponse>> send_by(ApiPorts ports, const Provider* provider, Route route,
                                   std::string host, HttpRequest request) {
  const Transport way = way_to(*provider, route, host);
  if (way == Transport::kRelay && ports.relays == nullptr) {
    co_return fail(ErrorCode::kForbidden, "Nothing here forwards requests for this account.",
                   "Choose another way for it.", "transport");
  }
  if (way == Transport::kDirect || ports.relays == nullptr) {
    co_return co_await ports.http.send(std::move(request));
  }
  std::string id(provider->id);
  if (way == Transport::kRelay) {
    co_return co_await ports.relays->send(route.base, std::move(id), std::move(request));
  }
  co_return co_await ports.relays->send_via(route.base, std::move(id), std::move(request));
}

Task<void> Api::sleep(Duration duration) { co_await ports_.executor.sleep(duration); }

Duration Api::backoff(std::uint32_t attempt) const {
  const Duration whole = std::min(kBackoffBase * (1 << std::min(attempt, 10U)), kBackoffMax);
  // Half fixed, half random: a hundred tabs must not come back in the same millisecond.
  const auto half = static_cast<std::uint64_t>(whole.count() / 2);
  return Duration(static_cast<std::int64_t>(half + ports_.random.below(half + 1)));
}

Task<Result<void>> Api::wait_for_turn(std::string bucket) {
  const Instant now = ports_.executor.now();
  const Instant when = session_.schedule.earliest(bucket, now);
  if (when - now > kTurnWaitMax) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(when - now).count();
    co_return fail(ErrorCode::kRateLimited,
                   std::string(session_.provider->name) + " allows no more of these requests for " +
                       std::to_string(seconds) + " s.",
                   "Wait so long, or do it with another provider.");
  }
  if (when > now) co_await ports_.executor.sleep_until(when);
  session_.schedule.count(bucket, ports_.executor.now());
  co_return Result<void>{};
}

void Api::note(const ApiRequest& request, Instant begin, int status, const Error* error) {
  session_.trace.push_back({.at = ports_.clock.unix_now(),
                            .operation = operation_,
                            .method = request.method,
                            .path = request.path,
                            .status = status,
                            .took_ms = (ports_.executor.now() - begin).count(),
                            .error = error == nullptr ? "" : std::string(to_string(error->code))});
  if (session_.trace.size() > AccountSession::kTraceLinesMax) session_.trace.pop_front();
}

bool Api::take_time_of(const ApiAnswer& answer, bool* taken) {
  const auto behind = clock_behind(answer, ports_.clock.unix_now());
  if (!behind || std::exchange(*taken, true)) return false;
  session_.clock_behind = *behind;
  return true;
}

Task<Result<ApiAnswer>> Api::call(ApiRequest request) {
  const std::string bucket(request.bucket);
  bool time_taken = false;
  for (std::uint32_t attempt = 0;; ++attempt) {  // bounded by kAttemptsMax
    if (auto turn = co_await wait_for_turn(bucket); !turn) co_return std::unexpected(turn.error());
    // Anew each time: a signature holds the time.
    const UnixMs signed_at = ports_.clock.unix_now() + session_.clock_behind.count();
    auto http = to_http(request, session_, signed_at);
    if (!http) co_return std::unexpected(http.error());
    const Instant begin = ports_.executor.now();
    auto response =
        co_await send_by(ports_, session_.provider, session_.route, request.host, std::move(*http));

    Error error;
    std::optional<Duration> wait;
    int status = 0;
    if (response) {
      status = response->status;
      ApiAnswer answer = read_answer(std::move(*response));
      wait = asked_to_wait(answer, ports_.clock.unix_now());
      if (wait) session_.schedule.hold_until(bucket, ports_.executor.now() + *wait);
      if (!is_readable(request, answer)) {
        error = unreadable(*session_.provider, request);
        if (makes_something(request)) changed_ = true;
      } else if (is_expected(request, answer.status)) {
        note(request, begin, status, nullptr);
        if (makes_something(request)) changed_ = true;
        co_return answer;
      } else if (refuses_the_time(answer)) {
        error = clock_error(*session_.provider, clock_behind(answer, ports_.clock.unix_now()));
        if (take_time_of(answer, &time_taken)) {
          note(request, begin, status, &error);
          continue;
        }
      } else {
        error = refusal_of(*session_.provider, request, answer, session_.credential);
      }
    } else {
      error = response.error();
      if (error.code == ErrorCode::kTooLarge) error = too_large(*session_.provider, request);
      error.message = session_.credential.redacted(std::move(error.message));
    }
    note(request, begin, status, &error);
    if (!may_repeat(request, error) || attempt + 1 == kAttemptsMax) {
      co_return std::unexpected(std::move(error));
    }
    if (!wait) co_await ports_.executor.sleep(backoff(attempt));
  }
}

Task<Result<Json>> Api::call_pages(ApiRequest request, std::string items, std::string cursor_key,
                                   NextCursor next) {
  Json all = Json::array();
  for (std::uint32_t page = 0; page < kPagesMax; ++page) {
    auto answer = co_await call(request);
    if (!answer) co_return std::unexpected(answer.error());
    for (const Json& item : list_at(answer->json, items)) all.push_back(item);
    const std::string cursor = next(*answer);
    if (cursor.empty()) co_return all;
    std::erase_if(request.query, [&](const auto& one) { return one.first == cursor_key; });
    request.query.emplace_back(cursor_key, cursor);
  }
  co_return fail(ErrorCode::kTooLarge, std::string(session_.provider->name) + " has more than " +
                                           std::to_string(kPagesMax) + " pages of these.");
}

}  // namespace a67
