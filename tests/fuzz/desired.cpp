// The desired document from outside. What is accepted must keep its limits and survive being
// written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/fleet/node_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = a67::parse_json(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!value) return 0;
  // The other documents have the same shape of reader: let them see the same bytes.
  static_cast<void>(a67::node_status_from_json(*value));
  static_cast<void>(a67::claim_request_from_json(*value));
  static_cast<void>(a67::logs_request_from_json(*value));
  static_cast<void>(a67::node_refusal_from_json(*value));
  const auto desired = a67::desired_state_from_json(*value);
  if (!desired) return 0;
  if (desired->replicas.size() > a67::kDesiredReplicasMax) std::abort();
  for (const auto& replica : desired->replicas) {
    if (!a67::is_valid_id(replica.id.value) || replica.spec.env.size() > a67::kEnvCountMax) {
      std::abort();
    }
  }
  const auto again = a67::desired_state_from_json(a67::to_json(*desired));
  if (!again || *again != *desired) std::abort();
  return 0;
}
