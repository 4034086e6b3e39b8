#include "node-wrapper/control/control_request.h"

#include <array>

#include "engine/fleet/via_message.h"

namespace a67 {
namespace {

struct Known {
  Endpoint endpoint;
  std::string_view method;
  std::string_view path;
};

constexpr std::array<Known, 10> kKnown = {{
    {Endpoint::kHello, "GET", kHelloPath},
    {Endpoint::kHealth, "GET", kHealthPath},
    {Endpoint::kMetrics, "GET", kMetricsPath},
    {Endpoint::kStatus, "GET", kStatusPath},
    {Endpoint::kClaim, "POST", kClaimPath},
    {Endpoint::kUnclaim, "POST", kUnclaimPath},
    {Endpoint::kDesired, "PUT", kDesiredPath},
    {Endpoint::kRelay, "POST", kRelayPath},
    {Endpoint::kEvents, "GET", kEventsPath},
    {Endpoint::kLogs, "GET", kLogsPath},
}};

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kBadArchive:
      return 400;
    case ErrorCode::kUnauthorized:
    case ErrorCode::kClockSkew:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kTimeout:
      return 408;
    case ErrorCode::kConflict:
    case ErrorCode::kStaleEpoch:
    case ErrorCode::kStaleRevision:
      return 409;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kRateLimited:
      return 429;
    case ErrorCode::kUnreachable:
    case ErrorCode::kOutcomeUnknown:
      return 502;
    case ErrorCode::kDiskFull:
      return 507;
    default:
      return 500;
  }
}

}  // namespace

ControlAnswer json_answer(int status, const Json& body) {
  ControlAnswer answer;
  answer.status = status;
  answer.body = dump_json(body);
  return answer;
}

ControlAnswer refusal_answer(const NodeRefusal& refusal) {
  ControlAnswer answer = json_answer(status_of(refusal.error.code), to_json(refusal));
  if (answer.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

std::optional<Endpoint> endpoint_at(std::string_view path) {
  for (const Known& known : kKnown) {
    if (known.path == path) return known.endpoint;
  }
  if (path.starts_with(kReleasesPath)) return Endpoint::kRelease;
  if (path.starts_with(kViaPath)) return Endpoint::kVia;
  return std::nullopt;
}

std::string_view method_of(Endpoint endpoint) {
  for (const Known& known : kKnown) {
    if (known.endpoint == endpoint) return known.method;
  }
  return "PUT";  // kRelease, the only one without a fixed path
}

std::optional<std::string_view> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    const std::size_t equals = part.find('=');
    if (part.substr(0, equals) == name) {
      return equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return std::nullopt;
}

}  // namespace a67
