#include "engine/providers/answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

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

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

bool says(std::string_view words, std::span<const std::string_view> any_of) {
  return std::ranges::any_of(any_of, [&](std::string_view one) { return words.contains(one); });
}

// Providers say no to what an account does not pay for, or has used up, with any status there is:
// 400 (Atlas), 402, 403, 422 (Neon). Their words are plain, and each of these is unmistakable.
constexpr std::array<std::string_view, 14> kPlanWords = {
    "payment",         "billing",         "upgrade",       "quota",
    "free tier",       "free plan",       "free instance", "limit exceeded",
    "_limit_exceeded", "credit",          "cap exceeded",  "verify your account",
    "free_cluster",    "must be verified"};
constexpr std::array<std::string_view, 1> kExpiredWords = {"expire"};

// A word that the request itself holds (a table `payments`, a service `billing`) tells nothing.
bool is_about_plan(std::string_view words, const ApiRequest& request) {
  if (!says(words, kPlanWords)) return false;
  const std::string asked = lower(request.path + dump_json(request.body));
  return std::ranges::any_of(kPlanWords, [&](std::string_view one) {
    return words.contains(one) && !asked.contains(one);
  });
}

// Where this provider's account page is, as near as is known: the host of its page for tokens.
std::string console_of(const Provider& provider) {
  const std::string_view page = provider.token_page;
  const auto begin = page.find("://");
  if (begin == std::string_view::npos) return std::string(provider.name);
  return std::string(page.substr(0, page.find('/', begin + 3)));
}

std::string plan_hint(const Provider& provider) {
  return "Look at the plan, the card and what is used up on the billing page of " +
         console_of(provider) + "; remove what is not needed, or use another provider.";
}

std::string credential_hint(const Provider& provider, std::string_view words) {
  return (says(words, kExpiredWords)
              ? std::string("The token has expired. Replace it: make a new one at ")
              : std::string("The token is wrong, expired or was revoked. Make a new one at ")) +
         std::string(provider.token_page) + " and give it to this account.";
}

std::string hint_of(const Provider& provider, ErrorCode code, std::string_view words,
                    bool about_plan) {
  switch (code) {
    case ErrorCode::kUnauthorized:
      return credential_hint(provider, words);
    case ErrorCode::kForbidden:
      return about_plan ? plan_hint(provider)
                        : "The token may lack a permission (needed: " +
                              std::string(provider.least_scopes) +
                              "), or the account's plan, region or card does not allow it.";
    case ErrorCode::kNotFound:
      return "It is not there, or the account's settings name another workspace, project or "
             "region.";
    case ErrorCode::kInvalidInput:
      return "Change what was given: region, plan and names must be ones that " +
             std::string(provider.name) + " has.";
    case ErrorCode::kConflict:
      return "Look at what is there, or take another name.";
    case ErrorCode::kTooLarge:
      return "Send less at a time.";
    case ErrorCode::kRateLimited:
      return about_plan ? plan_hint(provider) : "Wait, or do less at a time.";
    case ErrorCode::kUnreachable:
      return "Try again later; nothing was changed.";
    case ErrorCode::kOutcomeUnknown:
      return "It may or may not have been done: look before you do it again.";
    default:
      return "Try again; if it stays so, this version does not understand the provider.";
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
  const std::string said = words_of(provider, answer, credential);
  const std::string words = lower(said + " " + first_text(answer.json, provider.errors.codes));
  ErrorCode code = code_of(request, answer.status);
  const bool about_plan = answer.status == 402 || is_about_plan(words, request);
  if (code == ErrorCode::kInvalidInput && about_plan) code = ErrorCode::kForbidden;
  if (!provider.errors.bad_credential.empty() &&
      bool_at(answer.json, provider.errors.bad_credential)) {
    code = ErrorCode::kUnauthorized;
  }
  std::string message = std::string(provider.name) + " answered " + std::to_string(answer.status);
  message += said.empty() ? "." : ": " + said + ".";
  return {.code = code,
          .message = std::move(message),
          .hint = hint_of(provider, code, words, about_plan)};
}

Error too_large(const Provider& provider, const ApiRequest& request) {
  if (request.answer == Answer::kBytes) {
    return {.code = ErrorCode::kTooLarge,
            .message = std::string(provider.name) + " has more than " +
                       std::to_string(request.bytes_max >> 20) + " MB there; it was not read.",
            .hint = "Ask for a part of it."};
  }
  return {.code = is_safe_to_repeat(request) ? ErrorCode::kTooLarge : ErrorCode::kOutcomeUnknown,
          .message = "What answered instead of " + std::string(provider.name) + " said more than " +
                     std::to_string(request.bytes_max >> 20) + " MB; it was not read.",
          .hint = is_safe_to_repeat(request)
                      ? "It is often an error page: try again later. Nothing was changed."
                      : "It may or may not have been done: look before you do it again."};
}

bool refuses_the_time(const ApiAnswer& answer) {
  return answer.status == 403 && answer.text.contains("RequestTimeTooSkewed");
}

std::optional<Duration> clock_behind(const ApiAnswer& answer, UnixMs now) {
  constexpr std::string_view kTag = "<ServerTime>";
  UnixMs there = 0;
  if (const auto at = answer.text.find(kTag); at != std::string::npos) {
    const auto begin = at + kTag.size();
    const auto end = std::min(answer.text.find('<', begin), answer.text.size());
    there = unix_ms_from(answer.text.substr(begin, end - begin));
  }
  // A page may not read this header unless the provider says so.
  if (there == 0) there = http_date(answer.header("date"));
  if (there == 0) return std::nullopt;
  return Duration{there - now};
}

Error clock_error(const Provider& provider, std::optional<Duration> behind) {
  std::string how = "differs too much from that of " + std::string(provider.name);
  if (behind) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*behind).count();
    how = "is " + std::to_string(std::abs(minutes)) + " minutes " +
          (minutes > 0 ? "behind that of " : "ahead of that of ") + std::string(provider.name);
  }
  return {.code = ErrorCode::kClockSkew,
          .message = "The clock of this device " + how +
                     ", which refuses signatures of such a time (RequestTimeTooSkewed).",
          .hint =
              "Set this device's clock, best by the network, and do it again. Nothing was "
              "changed."};
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
