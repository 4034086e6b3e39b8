#include "engine/state/plain_state_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/state/snapshot.h"

namespace a67 {
namespace {

constexpr std::string_view kIdentityKey = "identity";
constexpr std::string_view kEpochKey = "epoch";
constexpr std::string_view kStateKey = "state";

}  // namespace

Task<Result<std::optional<Sensitive<Seed>>>> PlainStateStore::load_identity() {
  auto saved = co_await store_.load(std::string(kIdentityKey));
  if (!saved) co_return std::unexpected(saved.error());
  if (!*saved || (*saved)->empty()) co_return std::optional<Sensitive<Seed>>{};
  const auto bytes = hex_decode(**saved);
  if (!bytes || bytes->size() != Seed{}.size()) {
    co_return fail(ErrorCode::kStoreFailed, "The saved identity is damaged.",
                   "Nothing was overwritten. Restore the browser profile or data folder from a "
                   "backup, or start with an empty one and claim the nodes again.");
  }
  Seed seed{};
  std::ranges::copy(*bytes, seed.begin());
  co_return std::optional(Sensitive(seed));
}

Task<Result<void>> PlainStateStore::save_identity(Sensitive<Seed> seed) {
  co_return co_await store_.save(std::string(kIdentityKey), hex_encode(seed.expose()),
                                 Secrecy::kSecret);
}

Task<Result<std::int64_t>> PlainStateStore::take_epoch() {
  auto saved = co_await store_.load(std::string(kEpochKey));
  if (!saved) co_return std::unexpected(saved.error());
  std::int64_t last = 0;
  if (*saved) {
    auto value = parse_json(**saved);
    if (!value || !value->is_number_integer()) {
      co_return fail(ErrorCode::kStoreFailed, "The saved epoch is damaged.",
                     "Nothing was overwritten. Restore the browser profile or data folder from a "
                     "backup.");
    }
    last = value->get<std::int64_t>();
  }
  auto written =
      co_await store_.save(std::string(kEpochKey), std::to_string(last + 1), Secrecy::kPlain);
  if (!written) co_return std::unexpected(written.error());
  co_return last + 1;
}

Task<Result<std::optional<State>>> PlainStateStore::load() {
  auto text = co_await store_.load(std::string(kStateKey));
  if (!text) co_return std::unexpected(text.error());
  saved_ = Sensitive(std::move(*text).value_or(std::string()));
  co_return saved();
}

Task<Result<void>> PlainStateStore::save(const State& state) { return keep(write_snapshot(state)); }

Task<Result<void>> PlainStateStore::keep(std::string text) {
  Sensitive<std::string> kept(std::move(text));
  auto stored = co_await store_.save(std::string(kStateKey), kept.expose(), Secrecy::kSecret);
  if (stored) saved_ = std::move(kept);
  co_return stored;
}

Result<std::optional<State>> PlainStateStore::saved() const {
  if (saved_.expose().empty()) return std::optional<State>{};
  auto state = read_snapshot(saved_.expose());
  if (!state) return std::unexpected(state.error());
  return std::optional(std::move(*state));
}

Task<Result<void>> PlainStateStore::empty() {
  for (const std::string_view key : {kIdentityKey, kStateKey}) {
    const auto saved = co_await store_.load(std::string(key));
    if (!saved) co_return std::unexpected(saved.error());
    if (!*saved || (*saved)->empty()) continue;
    auto emptied = co_await store_.save(std::string(key), {}, Secrecy::kSecret);
    if (!emptied) co_return emptied;
  }
  saved_ = {};
  co_return Result<void>{};
}

}  // namespace a67
