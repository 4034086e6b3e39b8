// What a node's program takes from its system (time, randomness, the environment) and tells people.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/random.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/ports/clock.h"

namespace a67 {

class SystemClock final : public WallClock {
 public:
  [[nodiscard]] UnixMs unix_now() const override;
};

Result<Random> make_system_random();

// Takes a variable out of the environment, which children and whoever looks at this process could
// read; empty when it is not set. Before there is a second thread.
Sensitive<std::string> take_secret(const char* name);
// Empty when it is not set. Likewise.
std::string environment_variable(const char* name);

// Exit codes.
inline constexpr int kWrongOptions = 2;
inline constexpr int kCouldNotStart = 3;
// Says to stderr what went wrong and what to do; `exit_code` again.
int report(std::string_view program, const Error& error, int exit_code);
void print(std::string_view text);

}  // namespace a67
