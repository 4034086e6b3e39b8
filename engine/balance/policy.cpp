#include "engine/balance/policy.h"

#include <string>

#include "engine/balance/cheapest.h"
#include "engine/balance/round_robin.h"
#include "engine/balance/weighted.h"

namespace a67::balance {

Result<std::unique_ptr<Policy>> make_policy(std::string_view name, const Weights& weights) {
  if (auto valid = validate(weights); !valid) return std::unexpected(valid.error());
  if (name == "weighted") return std::make_unique<WeightedPolicy>(weights);
  if (name == "round-robin") return std::make_unique<RoundRobinPolicy>();
  if (name == "least-connections") {
    return std::make_unique<CheapestPolicy>(CheapestPolicy::Cost::kConnections);
  }
  if (name == "latency") return std::make_unique<CheapestPolicy>(CheapestPolicy::Cost::kLatency);

  std::string choices;
  for (const std::string_view known : kPolicyNames) {
    if (!choices.empty()) choices += ", ";
    choices += known;
  }
  return fail(ErrorCode::kInvalidInput, "There is no policy named '" + std::string(name) + "'.",
              "Use one of: " + choices + ".", "policy");
}

}  // namespace a67::balance
