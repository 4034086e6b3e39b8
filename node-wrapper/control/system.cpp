#include "node-wrapper/control/system.h"

#include <sys/random.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace a67 {

UnixMs SystemClock::unix_now() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<Random> make_system_random() {
  Seed seed{};
  if (::getentropy(seed.data(), seed.size()) != 0) {
    return fail(ErrorCode::kInternal, "The system gives no random numbers.");
  }
  Random random{Sensitive<Seed>(seed)};
  wipe(seed.data(), seed.size());
  return random;
}

Sensitive<std::string> take_secret(const char* name) {
  char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  if (value == nullptr) return {};
  Sensitive<std::string> secret{std::string(value)};
  wipe(value, secret.expose().size());
  ::unsetenv(name);
  return secret;
}

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  return value == nullptr ? "" : value;
}

int report(std::string_view program, const Error& error, int exit_code) {
  std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  %s\n", error.hint.c_str());
  return exit_code;
}

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

}  // namespace a67
