// Api: one account's door to its provider, as an adapter's operations use it.
//
// call() does what every request needs and no adapter should repeat: waits for its turn
// (schedule.h), puts the credential on (authorize.h), goes by the account's transport, repeats what
// may be repeated with jittered backoff and a budget, obeys the provider's rate-limit headers,
// turns refusals into errors in the provider's own words without any secret in them, and leaves a
// line in the account's trace.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "engine/base/executor.h"
#include "engine/base/random.h"
#include "engine/ports/clock.h"
#include "engine/ports/http.h"
#include "engine/providers/credential.h"
#include "engine/providers/provider.h"
#include "engine/providers/schedule.h"
#include "engine/providers/transport.h"

namespace a67 {

struct ApiPorts {
  Executor& executor;
  Random& random;
  const WallClock& clock;
  Http& http;
  Relays* relays = nullptr;  // null: nobody relays here
};

// Sends a finished request to a host of the provider (as for url_of) the way its route says.
// REQUIRES: provider and ports outlive it. Errors: those of Http::send() and Relays::send().
Task<Result<HttpResponse>> send_by(ApiPorts ports, const Provider* provider, Route route,
                                   std::string host, HttpRequest request);

// One request, as the account page shows it. Never holds a query, a body or a credential.
struct TraceLine {
  UnixMs at = 0;
  std::string operation;
  std::string method;
  std::string path;
  int status = 0;  // 0: no answer
  std::int64_t took_ms = 0;
  std::string error;  // a code of the contract, or empty
};

// What an account is while it is used. Owned by who opened it; outlives the Api's of its
// operations.
struct AccountSession {
  const Provider* provider = nullptr;
  Credential credential;
  Json settings = Json::object();  // not secret: workspace, project, region, endpoint
  Route route;
  RateSchedule schedule;
  Duration clock_behind{0};  // what the provider's clock was ahead of ours when it refused a time
  std::deque<TraceLine> trace;  // oldest first, at most kTraceLinesMax
  static constexpr std::size_t kTraceLinesMax = 200;
};

class Api {
 public:
  static constexpr std::uint32_t kAttemptsMax = 4;
  static constexpr Duration kBackoffBase{500};
  static constexpr Duration kBackoffMax{20'000};
  static constexpr Duration kTurnWaitMax{60'000};  // longer: kRateLimited, with the time
  static constexpr std::uint32_t kPagesMax = 200;

  // REQUIRES: all of them outlive this and its tasks.
  Api(ApiPorts ports, AccountSession& session, std::string operation, bool again = false)
      : ports_(ports), session_(session), operation_(std::move(operation)), again_(again) {}

  // Errors: kUnauthorized (token refused), kForbidden (plan, card, scope, region), kClockSkew (a
  // signature's time, also by the provider's clock), kNotFound,
  // kConflict, kInvalidInput, kRateLimited, kTooLarge, kUnreachable (not carried out), kTimeout and
  // kOutcomeUnknown (may have been), kInternal (an answer that cannot be understood).
  Task<Result<ApiAnswer>> call(ApiRequest request);
  // The documents of all pages. `next` reads the cursor out of an answer (empty: last page);
  // `cursor_key` is the query parameter it goes into. `items`: JSON pointer of the list.
  using NextCursor = std::string (*)(const ApiAnswer& answer);
  Task<Result<Json>> call_pages(ApiRequest request, std::string items, std::string cursor_key,
                                NextCursor next);
  Task<void> sleep(Duration duration);

  [[nodiscard]] const Provider& provider() const { return *session_.provider; }
  [[nodiscard]] const Json& settings() const { return session_.settings; }
  [[nodiscard]] std::string setting(std::string_view name) const {
    return string_or(session_.settings, name);
  }
  // For signatures that an adapter itself must make (a JWT, a signed upload).
  [[nodiscard]] const Credential& credential() const { return session_.credential; }
  // A secret that the provider gave for this session (a database's token, an exchanged access
  // token): authorize() finds it as `field`, texts are cleaned of it, and it ends with the session.
  void learn(const std::string& field, Sensitive<std::string> value) {
    session_.credential.set(field, std::move(value));
  }
  [[nodiscard]] UnixMs unix_now() const { return ports_.clock.unix_now(); }
  [[nodiscard]] Random& random() const { return ports_.random; }
  // A request that changes something was answered with success in this operation.
  [[nodiscard]] bool has_changed_something() const { return changed_; }
  // An earlier attempt at the same operation ended with an unknown outcome: what is in the way
  // under its name is its own. An operation of several steps goes on with what is there.
  [[nodiscard]] bool is_again() const { return again_; }

 private:
  Task<Result<void>> wait_for_turn(std::string bucket);
  // Takes the provider's time, once; false when it has been taken or is not told.
  bool take_time_of(const ApiAnswer& answer, bool* taken);
  void note(const ApiRequest& request, Instant begin, int status, const Error* error);
  [[nodiscard]] Duration backoff(std::uint32_t attempt) const;

  ApiPorts ports_;
  AccountSession& session_;
  std::string operation_;
  bool again_;
  bool changed_ = false;
};

}  // namespace a67
