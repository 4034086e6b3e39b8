// The part of Vault that deals with copies of a vault: what a backup holds.
#include <utility>

#include "engine/vault/vault.h"
#include "engine/vault/vault_parts.h"

namespace a67 {

using vault_parts::is_locked;

Task<Result<std::string>> Vault::stored_header() {
  if (auto fine = may_change(); !fine) co_return std::unexpected(fine.error());
  const auto text = co_await ports_.table.get(header_key());
  if (!text) co_return std::unexpected(text.error());
  if (!open_) co_return is_locked();
  const auto stored = *text ? read_header(**text) : Result<StoredHeader>(StoredHeader{});
  if (!stored) co_return std::unexpected(stored.error());
  // It may have been changed meanwhile, or by somebody else.
  if (stored->header != open_->current.header) {
    co_return fail(ErrorCode::kConflict, "The vault is being changed.", "Try again.");
  }
  co_return **text;
}

Task<Result<Vault::Copy>> Vault::open_copy(StoredHeader stored, UnlockWith with) {
  auto proven = co_await prove(stored.header, std::move(with));
  if (!proven) co_return std::unexpected(proven.error());
  auto open = co_await open_current(std::move(stored), proven->method.ref(), proven->id);
  if (!open) co_return std::unexpected(open.error());
  co_return Copy(std::move(*open));
}

Task<Result<void>> Vault::take_over(Copy copy, std::string header, MakeBatch rows) {
  if (changing_ || open_) {
    co_return fail(ErrorCode::kConflict, "A vault is open already.", "Lock it first.");
  }
  if (copy.header().workspace != workspace_) {
    co_return fail(ErrorCode::kConflict,
                   "The backup is of the workspace `" + copy.header().workspace +
                       "`, and this one is `" + workspace_ + "`.",
                   "Create a vault here, then restore the backup into it.");
  }
  const Turn turn(changing_);
  const auto existing = co_await ports_.table.get(header_key());
  if (!existing) co_return std::unexpected(existing.error());
  if (*existing) {
    co_return fail(ErrorCode::kConflict, "There is a vault on this device already.",
                   "Unlock it, then restore the backup into it.");
  }
  open_ = std::move(copy.open_);
  auto batch = co_await rows();
  if (!batch) {
    lock();
    co_return std::unexpected(batch.error());
  }
  batch->put.emplace_back(header_key(), std::move(header));
  batch->erase.push_back(next_key());
  auto done = co_await ports_.table.apply(std::move(*batch));
  if (!done) lock();
  co_return done;
}

}  // namespace a67
