// Result and Error: how everything the outside can cause is reported.
//
// Only a bug in our own code is an assert; what a network, provider, person or stored byte can
// cause is an Error value. Codes are the `errors` of engine/api/contract.json; a code exists only
// if a caller acts on it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace a67 {

enum class ErrorCode : std::uint8_t {
  kInvalidInput,
  kNotFound,
  kConflict,
  kForbidden,
  kUnauthorized,
  kClockSkew,
  kStaleEpoch,
  kStaleRevision,
  kRateLimited,
  kUnreachable,     // nobody answered, nothing was done: safe to repeat
  kTimeout,         // no answer in time: may or may not have been done
  kOutcomeUnknown,  // broke after sending: may or may not have been done
  kOffline,
  kNoNodes,
  kBuildFailed,
  kUnhealthy,
  kCrashed,
  kUnknownRuntime,
  kMissingRuntime,
  kBadArchive,
  kGitFailed,
  kDiskFull,
  kNoMemory,
  kTooLarge,
  kStoreFailed,
  kLocked,
  kCancelled,
  kInternal,
};

// The wire name, e.g. "invalid_input".
std::string_view to_string(ErrorCode code);
// The code of a wire name; nothing for an unknown one.
std::optional<ErrorCode> error_code_from(std::string_view name);
// Every code, in order of declaration.
std::vector<ErrorCode> all_error_codes();
// True when doing the same thing again may help and can do no harm.
bool is_retryable(ErrorCode code);

// For people; never parsed, never holds a secret. `hint` says what to do next, `field` where the
// fault is
// (`env.PORT`, `automator67.yaml:7`), `lines` holds the last lines of a build or an app.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string hint = {};
  std::string field = {};
  std::vector<std::string> lines = {};

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string hint = {},
                                   std::string field = {}) {
  return std::unexpected(Error{.code = code,
                               .message = std::move(message),
                               .hint = std::move(hint),
                               .field = std::move(field)});
}

}  // namespace a67
