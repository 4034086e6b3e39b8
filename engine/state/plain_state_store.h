// PlainStateStore keeps everything as values of the Store port: the state as one snapshot, written
// whole each time. For hosts without a vault; what an earlier version kept is read this way, too.
#pragma once

#include <optional>
#include <string>

#include "engine/base/sensitive.h"
#include "engine/ports/store.h"
#include "engine/state/state_store.h"

namespace a67 {

class PlainStateStore final : public StateStore {
 public:
  // REQUIRES: the store outlives this.
  explicit PlainStateStore(Store& store) : store_(store) {}

  Task<Result<std::optional<Sensitive<Seed>>>> load_identity() override;
  Task<Result<void>> save_identity(Sensitive<Seed> seed) override;
  Task<Result<std::int64_t>> take_epoch() override;
  Task<Result<std::optional<State>>> load() override;
  Task<Result<void>> save(const State& state) override;
  [[nodiscard]] Result<std::optional<State>> saved() const override;

  // Forgets identity and state, for whoever has taken them over. The epoch stays: it only grows.
  Task<Result<void>> empty();

 private:
  Task<Result<void>> keep(std::string text);

  Store& store_;
  Sensitive<std::string> saved_;  // empty: nothing
};

}  // namespace a67
