// The state file of a wrapper that was killed at any moment, or of a disk that went bad.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "node-wrapper/runtime/state_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto state = a67::read_state({reinterpret_cast<const char*>(data), size});
  if (!state) return 0;
  for (const a67::SavedReplica& replica : state->replicas) {
    // A pid of 1 or less would make a signal reach strangers.
    if (replica.process.pid < 0 || replica.process.pid == 1) std::abort();
    if (replica.key.find('/') != std::string::npos) std::abort();
  }
  if (a67::read_state(a67::write_state(*state)) != *state) std::abort();
  return 0;
}
