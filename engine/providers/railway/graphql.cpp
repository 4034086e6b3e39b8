#include "engine/providers/railway/graphql.h"

#include <algorithm>
#include <array>
#include <utility>

namespace a67::railway {
namespace {

struct Words {
  std::string_view said;  // in lower case
  ErrorCode code;
};
// The first that is in the message.
constexpr std::array kWords = {
    Words{"not authorized", ErrorCode::kUnauthorized},
    Words{"rate limit", ErrorCode::kRateLimited},
    Words{"too many", ErrorCode::kRateLimited},
    Words{"not found", ErrorCode::kNotFound},
    Words{"already", ErrorCode::kConflict},
    Words{"taken", ErrorCode::kConflict},
    Words{"limit", ErrorCode::kForbidden},
    Words{"upgrade", ErrorCode::kForbidden},
    Words{"trial", ErrorCode::kForbidden},
    Words{"plan", ErrorCode::kForbidden},
};
constexpr std::string_view kServerFailed = "problem processing request";

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::string_view hint_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnauthorized:
      return "The token is wrong, expired or was revoked, or what was asked for is not there.";
    case ErrorCode::kForbidden:
      return "Look at the plan of the workspace, and what it has used.";
    case ErrorCode::kOutcomeUnknown:
      return "It may or may not have been done: look before you do it again.";
    case ErrorCode::kRateLimited:
      return "Wait, or do less at a time.";
    case ErrorCode::kUnreachable:
      return "Try again later; nothing was changed.";
    default:
      return "Change what was given, or look at it in Railway's dashboard.";
  }
}

}  // namespace

Error error_of(const std::string& message, Asks asks) {
  const std::string words = lower(message);
  ErrorCode code = ErrorCode::kInvalidInput;
  if (words.find(kServerFailed) != std::string::npos) {
    code = asks == Asks::kOnce ? ErrorCode::kOutcomeUnknown : ErrorCode::kUnreachable;
  } else if (const auto found = std::ranges::find_if(
                 kWords,
                 [&](const Words& one) { return words.find(one.said) != std::string::npos; });
             found != kWords.end()) {
    code = found->code;
  }
  return {.code = code,
          .message = "Railway answered: " + message + ".",
          .hint = std::string(hint_of(code))};
}

Task<Result<Json>> ask(Api* api, std::string query, Json variables, Asks asks) {
  ApiRequest request{.method = "POST",
                     .path = "/graphql/v2",
                     .body = {{"query", std::move(query)}, {"variables", std::move(variables)}},
                     .repeat = asks == Asks::kOnce ? Repeat::kNever : Repeat::kSafe};
  auto answer = co_await api->call(std::move(request));
  if (!answer) co_return std::unexpected(answer.error());
  const std::string said = text_at(answer->json, "/errors/0/message");
  if (!said.empty()) {
    constexpr std::size_t kSaidMax = 300;
    co_return std::unexpected(error_of(api->credential().redacted(said.substr(0, kSaidMax)), asks));
  }
  co_return at_pointer(answer->json, "/data");
}

}  // namespace a67::railway
