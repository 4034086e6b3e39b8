#include "engine/providers/answer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr std::size_t kWordsBytesMax = 300;
constexpr std::int64_t kWaitSecondsMax = std::int64_t{24} * 3600;
// What is larger than any sensible relative reset is a point of time in seconds.
constexpr std::int64_t kUnixSecondsMin = 1'000'000'000;

bool is_read(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// One line, printable, cut at a character.
std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, std::min(text.size(), kWordsBytesMax))) {
    const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (space && (out.empty() || out.back() == ' ')) continue;
    if (!space && (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)) continue;
    out += space ? ' ' : c;
  }
  while (!out.empty() && !is_utf8(out)) out.pop_back();
  while (out.ends_with(' ') || out.ends_with('.')) out.pop_back();
  return out;
}

std::string first_text(const Json& document, std::span<const std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    std::string text = text_at(document, pointer);
    if (!text.empty()) return text;
  }
  return {};
}

bool looks_like_a_page(std::string_view text) {
  const auto begin = text.find_first_not_of(" \r\n\t");
  return begin != std::string_view::npos && text[begin] == '<';
}

// What the provider said, or what can be said instead.
std::string words_of(const Provider& provider, const ApiAnswer& answer,
                     const Credential& credential) {
  if (!answer.json.is_null()) {
    std::string said = first_text(answer.json, provider.errors.messages);
    const std::string code = first_text(answer.json, provider.errors.codes);
    if (said.empty()) said = code;
    return tidy(credential.redacted(std::move(said)));
  }
  if (provider.errors.from_text != nullptr) {
    std::string said = provider.errors.from_text(answer.text);
    if (!said.empty()) return tidy(credential.redacted(std::move(said)));
  }
  if (looks_like_a_page(answer.text)) return "a web page instead of an answer";
  return tidy(credential.redacted(answer.text));
}

ErrorCode code_of(const ApiRequest& request, int status) {
  switch (status) {
    case 400:
    case 406:
    case 415:
    case 422:
      return ErrorCode::kInvalidInput;
    case 401:
      return ErrorCode::kUnauthorized;
    case 402:
    case 403:
    case 451:
      return ErrorCode::kForbidden;
    case 404:
    case 410:
      return ErrorCode::kNotFound;
    case 409:
    case 412:
      return ErrorCode::kConflict;
    case 413:
      return ErrorCode::kTooLarge;
    case 420:
    case 429:
      return ErrorCode::kRateLimited;
    default:
      break;
  }
  if (status < 500) return ErrorCode::kInternal;
  // The provider broke in the middle: what changes something may have been carried out.
  return is_safe_to_repeat(request) ? ErrorCode::kUnreachable : ErrorCode::kOutcomeUnknown;
}

std::string hint_of(const Provider& provider, ErrorCode code, int status) {
  switch (code) {
    case ErrorCode::kUnauthorized:
      return "The token is wrong, expired or was revoked. Make a new one at " +
             std::string(provider.token_page) + " and give it to this account.";
    case ErrorCode::kForbidden:
      return status == 402 ? std::string(
                                 "The plan does not pay for this: look at the account's "
                                 "billing page.")
                           : "The token may lack a permission (needed: " +
                                 std::string(provider.least_scopes) +
                                 "), or the account's plan, region or card does not allow it.";
    case ErrorCode::kRateLimited:
      return "Wait, or do less at a time.";
    case ErrorCode::kUnreachable:
      return "Try again later; nothing was changed.";
    case ErrorCode::kOutcomeUnknown:
      return "It may or may not have been done: look before you do it again.";
    default:
      return {};
  }
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop == text.data()) return std::nullopt;
  return number;
}

// "Thu, 26 Nov 2026 10:00:00 GMT" (RFC 9110, 5.6.7).
UnixMs http_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() < 29) return 0;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return 0;
  const auto number = static_cast<int>(month - kMonths.begin()) + 1;
  std::string iso(text.substr(12, 4));
  iso += number < 10 ? "-0" : "-";
  iso += std::to_string(number) + "-" + std::string(text.substr(5, 2)) + "T" +
         std::string(text.substr(17, 8)) + "Z";
  return unix_ms_from(iso);
}

std::optional<Duration> bounded(std::int64_t seconds) {
  if (seconds < 0) return Duration{0};
  return std::chrono::seconds(std::min(seconds, kWaitSecondsMax));
}

}  // namespace

ApiAnswer read_answer(HttpResponse response) {
  ApiAnswer answer{.status = response.status,
                   .headers = std::move(response.headers),
                   .text = std::move(response.body),
                   .json = {}};
  for (auto& [name, value] : answer.headers) {
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }
  if (auto json = parse_json(answer.text, {.bytes_max = std::size_t{16} << 20, .depth_max = 64})) {
    answer.json = std::move(*json);
  }
  return answer;
}

Error refusal_of(const Provider& provider, const ApiRequest& request, const ApiAnswer& answer,
                 const Credential& credential) {
  const bool bad_credential = !provider.errors.bad_credential.empty() &&
                              bool_at(answer.json, provider.errors.bad_credential);
  const ErrorCode code =
      bad_credential ? ErrorCode::kUnauthorized : code_of(request, answer.status);
  const std::string said = words_of(provider, answer, credential);
  std::string message = std::string(provider.name) + " answered " + std::to_string(answer.status);
  message += said.empty() ? "." : ": " + said + ".";
  return {
      .code = code, .message = std::move(message), .hint = hint_of(provider, code, answer.status)};
}

bool is_safe_to_repeat(const ApiRequest& request) {
  if (request.repeat != Repeat::kByMethod) return request.repeat == Repeat::kSafe;
  return is_read(request.method) || request.method == "PUT" || request.method == "DELETE";
}

bool may_repeat(const ApiRequest& request, const Error& error) {
  switch (error.code) {
    case ErrorCode::kRateLimited:
    case ErrorCode::kUnreachable:
      return true;
    case ErrorCode::kTimeout:
    case ErrorCode::kOutcomeUnknown:
    case ErrorCode::kTooLarge:  // often the page of something in between
      return is_safe_to_repeat(request);
    default:
      return false;
  }
}

std::optional<Duration> asked_to_wait(const ApiAnswer& answer, UnixMs now) {
  if (const std::string after = answer.header("retry-after"); !after.empty()) {
    if (const auto seconds = number_of(after)) return bounded(*seconds);
    if (const UnixMs at = http_date(after); at != 0) return bounded((at - now + 999) / 1000);
  }
  for (const std::string_view prefix : {"x-ratelimit-", "ratelimit-", "x-featureratelimit-"}) {
    const auto left = number_of(answer.header(std::string(prefix) + "remaining"));
    if (!left || *left > 0) continue;
    const auto reset = number_of(answer.header(std::string(prefix) + "reset"));
    if (!reset) continue;
    return *reset >= kUnixSecondsMin ? bounded(*reset - (now / 1000)) : bounded(*reset);
  }
  return std::nullopt;
}

}  // namespace a67
