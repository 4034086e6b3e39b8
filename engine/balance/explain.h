// Explains a choice in one sentence for a person: the score, and what speaks most for or against
// the next best.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "engine/balance/score.h"

namespace a67::balance {

// E.g. "alpha scores 87 of 100, 12 more than beta: more free CPU (80 % against 35 %) and faster
// answers (12 ms against 40 ms)." Compares with the best other healthy candidate; `names` (same
// order as the pool) are used instead of ids when given. REQUIRES: chosen < pool.size(); names
// empty or as long as the pool.
std::string explain(std::span<const Candidate> pool, std::size_t chosen, const Weights& weights,
                    std::span<const std::string> names = {});

}  // namespace a67::balance
