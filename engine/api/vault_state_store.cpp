#include "engine/api/vault_state_store.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/base/json.h"
#include "engine/state/backup_plan.h"

namespace a67 {
namespace {

// Of the table; shared by all workspaces of the device.
constexpr std::string_view kDeviceKey = "device";
constexpr std::string_view kEpochKey = "epoch";
constexpr std::size_t kDeviceNameLength = 16;

constexpr std::size_t kSealAtOnce = 16;

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::kStoreFailed, "The saved " + std::string(what) + " is damaged.",
              "Nothing was overwritten. Restore a backup, or start anew in another browser profile "
              "or data folder.");
}

std::optional<std::int64_t> number_of(const std::string& text) {
  const auto value = parse_json(text);
  if (!value || !value->is_number_integer()) return std::nullopt;
  return value->get<std::int64_t>();
}

}  // namespace

VaultStateStore::VaultStateStore(Doors doors, const Vault& vault, std::string workspace)
    : doors_(doors),
      workspace_(std::move(workspace)),
      sealer_(doors.keyring, vault, workspace_),
      earlier_(doors.earlier) {}

Task<Result<std::string>> VaultStateStore::load_device() {
  auto saved = co_await doors_.table.get(std::string(kDeviceKey));
  if (!saved) co_return std::unexpected(saved.error());
  if (*saved) co_return std::move(**saved);
  std::string made = doors_.random.make_name(kDeviceNameLength);
  auto kept = co_await doors_.table.apply({.put = {{std::string(kDeviceKey), made}}, .erase = {}});
  if (!kept) co_return std::unexpected(kept.error());
  co_return made;
}

Task<Result<void>> VaultStateStore::open_logs() {
  auto name = co_await load_device();
  if (!name) co_return std::unexpected(name.error());
  auto audit = co_await AuditLog::open(
      {.executor = doors_.executor, .table = doors_.table, .sealer = sealer_}, workspace_);
  if (!audit) co_return std::unexpected(audit.error());
  auto log = co_await ChangeLog::open({.executor = doors_.executor,
                                       .random = doors_.random,
                                       .clock = doors_.clock,
                                       .table = doors_.table,
                                       .sealer = sealer_},
                                      {.workspace = workspace_, .device = *name});
  if (!log) co_return std::unexpected(log.error());
  device_ = std::move(*name);
  audit_ = std::move(*audit);
  log_ = std::move(*log);
  co_return Result<void>{};
}

Task<Result<std::optional<Sensitive<Seed>>>> VaultStateStore::load_identity() {
  if (!log_) {
    if (auto opened = co_await open_logs(); !opened) co_return std::unexpected(opened.error());
  }
  const Json& saved = value_at(log_->entities(), kIdentityEntity, kSeedField);
  if (saved.is_null()) {
    auto earlier = co_await earlier_.load_identity();
    if (!earlier) co_return std::unexpected(earlier.error());
    if (!*earlier) co_return std::optional<Sensitive<Seed>>{};
    auto kept = co_await save_identity((*earlier)->clone());
    if (!kept) co_return std::unexpected(kept.error());
    co_return std::move(*earlier);
  }
  const auto bytes =
      saved.is_string() ? hex_decode(saved.get_ref<const std::string&>()) : std::optional<Bytes>{};
  if (!bytes || bytes->size() != Seed{}.size()) co_return damaged("identity");
  Seed seed{};
  std::ranges::copy(*bytes, seed.begin());
  co_return std::optional(Sensitive(seed));
}

Task<Result<void>> VaultStateStore::save_identity(Sensitive<Seed> seed) {
  Change change{.fields = {{.entity = std::string(kIdentityEntity),
                            .field = std::string(kSeedField),
                            .value = hex_encode(seed.expose())}},
                .tombstones = {},
                .note = "identity"};
  co_return co_await append(std::move(change));
}

Task<Result<std::int64_t>> VaultStateStore::take_epoch() { return take_epoch_above(0); }

Task<Result<std::int64_t>> VaultStateStore::take_epoch_above(std::int64_t above) {
  auto saved = co_await doors_.table.get(std::string(kEpochKey));
  if (!saved) co_return std::unexpected(saved.error());
  std::int64_t last = 0;
  if (*saved) {
    const auto number = number_of(**saved);
    if (!number) co_return damaged("epoch");
    last = *number;
  } else {
    auto earlier = co_await earlier_.take_epoch();
    if (!earlier) co_return std::unexpected(earlier.error());
    last = *earlier;
  }
  last = std::max(last, above);
  auto kept = co_await doors_.table.apply(
      {.put = {{std::string(kEpochKey), std::to_string(last + 1)}}, .erase = {}});
  if (!kept) co_return std::unexpected(kept.error());
  co_return last + 1;
}

Task<Result<std::optional<State>>> VaultStateStore::load() {
  if (has_state(log_->entities())) {
    auto state = state_from(log_->entities());
    if (!state) co_return std::unexpected(state.error());
    if (auto emptied = co_await empty_leftovers(); !emptied) {
      co_return std::unexpected(emptied.error());
    }
    co_return std::optional(std::move(*state));
  }
  auto earlier = co_await earlier_.load();
  if (!earlier) co_return std::unexpected(earlier.error());
  if (*earlier) {
    if (auto kept = co_await save(**earlier); !kept) co_return std::unexpected(kept.error());
    if (auto emptied = co_await earlier_.empty(); !emptied) {
      co_return std::unexpected(emptied.error());
    }
  }
  co_return std::move(*earlier);
}

// A stop between taking over and emptying leaves in the open what is sealed already. An identity of
// its own says that an older version was used once more meanwhile: what that kept is nobody else's.
Task<Result<void>> VaultStateStore::empty_leftovers() {
  const auto earlier = co_await earlier_.load_identity();
  if (!earlier) co_return Result<void>{};  // not needed any more: no reason to open nothing
  if (*earlier && Json(hex_encode((*earlier)->expose())) !=
                      value_at(log_->entities(), kIdentityEntity, kSeedField)) {
    co_return Result<void>{};
  }
  co_return co_await earlier_.empty();
}

Task<Result<void>> VaultStateStore::save(const State& state) {
  return append(changes_to(log_->entities(), state));
}

Result<std::optional<State>> VaultStateStore::saved() const {
  if (!has_state(log_->entities())) return std::optional<State>{};
  auto state = state_from(log_->entities());
  if (!state) return std::unexpected(state.error());
  return std::optional(std::move(*state));
}

Task<Result<void>> VaultStateStore::append(Change change) {
  auto kept = co_await log_->append(std::move(change));
  if (!kept) co_return std::unexpected(kept.error());
  co_return Result<void>{};
}

// ---- restoring

Task<Result<bool>> VaultStateStore::has_earlier() {
  auto state = co_await earlier_.load();
  if (!state) co_return std::unexpected(state.error());
  if (*state) co_return true;
  auto identity = co_await earlier_.load_identity();
  if (!identity) co_return std::unexpected(identity.error());
  co_return identity->has_value();
}

Task<Result<TableBatch>> VaultStateStore::rows_for(const BackupContent* content) {
  auto rows =
      ChangeLog::first_rows(workspace_, content->clock, content->authors, content->entities);
  TableBatch batch;
  for (std::size_t at = 0; at < rows.size();) {
    std::vector<Sealer::Item> items;
    const std::size_t first = at;
    for (const std::size_t end = std::min(rows.size(), at + kSealAtOnce); at < end; ++at) {
      items.push_back({.plain = std::move(rows[at].plain), .ad = std::move(rows[at].ad)});
    }
    auto sealed = co_await sealer_.seal(std::move(items));
    if (!sealed) co_return std::unexpected(sealed.error());
    for (std::size_t n = 0; n < sealed->size(); ++n) {
      batch.put.emplace_back(std::move(rows[first + n].key), rows[first + n].prefix + (*sealed)[n]);
    }
  }
  auto saved = co_await doors_.table.get(std::string(kEpochKey));
  if (!saved) co_return std::unexpected(saved.error());
  const std::int64_t last = *saved ? number_of(**saved).value_or(0) : 0;
  batch.put.emplace_back(std::string(kEpochKey),
                         std::to_string(std::max(last, content->epoch + kEpochLeap)));
  batch.put.emplace_back(std::string(kDeviceKey), doors_.random.make_name(kDeviceNameLength));
  co_return batch;
}

}  // namespace a67
