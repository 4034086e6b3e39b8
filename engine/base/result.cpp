#include "engine/base/result.h"

#include <array>
#include <utility>

namespace a67 {
namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 28> kNames = {{
    {ErrorCode::kInvalidInput, "invalid_input"},
    {ErrorCode::kNotFound, "not_found"},
    {ErrorCode::kConflict, "conflict"},
    {ErrorCode::kForbidden, "forbidden"},
    {ErrorCode::kUnauthorized, "unauthorized"},
    {ErrorCode::kClockSkew, "clock_skew"},
    {ErrorCode::kStaleEpoch, "stale_epoch"},
    {ErrorCode::kStaleRevision, "stale_revision"},
    {ErrorCode::kRateLimited, "rate_limited"},
    {ErrorCode::kUnreachable, "unreachable"},
    {ErrorCode::kTimeout, "timeout"},
    {ErrorCode::kOutcomeUnknown, "outcome_unknown"},
    {ErrorCode::kOffline, "offline"},
    {ErrorCode::kNoNodes, "no_nodes"},
    {ErrorCode::kBuildFailed, "build_failed"},
    {ErrorCode::kUnhealthy, "unhealthy"},
    {ErrorCode::kCrashed, "crashed"},
    {ErrorCode::kUnknownRuntime, "unknown_runtime"},
    {ErrorCode::kMissingRuntime, "missing_runtime"},
    {ErrorCode::kBadArchive, "bad_archive"},
    {ErrorCode::kGitFailed, "git_failed"},
    {ErrorCode::kDiskFull, "disk_full"},
    {ErrorCode::kNoMemory, "no_memory"},
    {ErrorCode::kTooLarge, "too_large"},
    {ErrorCode::kStoreFailed, "store_failed"},
    {ErrorCode::kLocked, "locked"},
    {ErrorCode::kCancelled, "cancelled"},
    {ErrorCode::kInternal, "internal"},
}};

}  // namespace

std::string_view to_string(ErrorCode code) {
  for (const auto& [known, name] : kNames) {
    if (known == code) return name;
  }
  return "internal";
}

std::optional<ErrorCode> error_code_from(std::string_view name) {
  for (const auto& [code, known] : kNames) {
    if (known == name) return code;
  }
  return std::nullopt;
}

std::vector<ErrorCode> all_error_codes() {
  std::vector<ErrorCode> codes;
  codes.reserve(kNames.size());
  for (const auto& entry : kNames) codes.push_back(entry.first);
  return codes;
}

bool is_retryable(ErrorCode code) {
  return code == ErrorCode::kRateLimited || code == ErrorCode::kUnreachable ||
         code == ErrorCode::kOffline;
}

}  // namespace a67
