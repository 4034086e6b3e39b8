// StateStore keeps what must survive a reload: who this controller is, how often it was started,
// and the State.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/crypto.h"
#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/base/task.h"
#include "engine/state/state.h"

namespace a67 {

class StateStore {
 public:
  virtual ~StateStore() = default;

  // The seed of the controller's Ed25519 key; nothing when none was saved yet. Error: kStoreFailed,
  // also when it is damaged; nothing was overwritten then.
  virtual Task<Result<std::optional<Sensitive<Seed>>>> load_identity() = 0;
  virtual Task<Result<void>> save_identity(Sensitive<Seed> seed) = 0;

  // One more than ever before, durable when it answers. Error: kStoreFailed.
  virtual Task<Result<std::int64_t>> take_epoch() = 0;

  // Nothing when none was saved yet. Error: kStoreFailed.
  virtual Task<Result<std::optional<State>>> load() = 0;
  // Answers once it is durable. The state is read by the call itself, not by the task.
  virtual Task<Result<void>> save(const State& state) = 0;
  // What is durable, without waiting: as load() answered, or as the last save that succeeded left
  // it. Nothing before the first. Error: kStoreFailed. REQUIRES: loaded, and no save under way.
  [[nodiscard]] virtual Result<std::optional<State>> saved() const = 0;
};

}  // namespace a67
