// The half of Vault that changes an open vault: its methods, and its key.
#include <algorithm>
#include <utility>

#include "engine/vault/vault.h"
#include "engine/vault/vault_parts.h"

namespace a67 {

using vault_parts::is_locked;
using vault_parts::key_recipients;

namespace {

constexpr std::uint32_t kStepsMax = 1'000'000;  // of one rotation

}  // namespace

Task<Result<std::string>> Vault::sealed_header(KeyRef header_key, VaultHeader header) {
  if (auto fine = check_header(header); !fine) co_return std::unexpected(fine.error());
  const std::string body = write_header_body(header);
  const auto mac = co_await ports_.keyring.mac(header_key, body);
  if (!mac) co_return std::unexpected(mac.error());
  co_return write_header(body, *mac);
}

// REQUIRES: open, not rotating.
Task<Result<void>> Vault::replace_header(VaultHeader header) {
  ++header.revision;
  auto text = co_await sealed_header(open_->header_key.ref(), header);
  if (!text) co_return std::unexpected(text.error());
  TableBatch batch;
  batch.put.emplace_back(header_key(), std::move(*text));
  if (auto done = co_await ports_.table.apply(std::move(batch)); !done) co_return done;
  if (!open_) co_return is_locked();  // meanwhile; the change is durable
  open_->current.header = std::move(header);
  co_return Result<void>{};
}

// A method sealed for and pinned, by the hand of one that proves itself.
Task<Result<UnlockMethod>> Vault::enroll(UnlockWith proof, NewMethod given) {
  const VaultHeader header = open_->current.header;
  const auto proven = co_await prove(header, std::move(proof));
  if (!proven) co_return std::unexpected(proven.error());
  const UnlockMethod* by = header.find(proven->id);
  auto added = co_await derive_new(std::move(given));
  if (!added) co_return std::unexpected(added.error());
  UnlockMethod& method = added->method;

  const MethodRef hand = proven->method.ref();
  auto anchor = co_await ports_.keyring.rewrap(
      hand, by->anchor_wrap, anchor_context(header, *by),
      {{.public_key = method.public_key, .ad = anchor_context(header, method)}});
  if (!anchor) co_return std::unexpected(anchor.error());
  method.anchor_wrap = std::move(anchor->front());
  auto key = co_await ports_.keyring.rewrap(
      hand, by->wrap, wrap_context(header, *by),
      {{.public_key = method.public_key, .ad = wrap_context(header, method)}});
  if (!key) co_return std::unexpected(key.error());
  method.wrap = std::move(key->front());
  if (!open_) co_return is_locked();
  const auto commitment = co_await anchor_commitment(open_->header_key.ref());
  if (!commitment) co_return std::unexpected(commitment.error());
  auto pin =
      co_await ports_.keyring.pin(added->ref.ref(), pin_message(header, method, *commitment));
  if (!pin) co_return std::unexpected(pin.error());
  method.anchor_pin = std::move(*pin);
  if (!open_) co_return is_locked();
  co_return std::move(method);
}

Task<Result<MethodId>> Vault::add_method(UnlockWith proof, NewMethod method) {
  const Held<SecretRef> proof_secret(ports_.keyring, proof.secret);
  const Held<SecretRef> new_secret(ports_.keyring, method.secret);
  if (changing_) co_return fail(ErrorCode::kConflict, "The vault is being changed.", "Try again.");
  if (auto fine = may_change(); !fine) co_return std::unexpected(fine.error());
  const Turn turn(changing_);
  auto added = co_await enroll(std::move(proof), std::move(method));
  if (!added) co_return std::unexpected(added.error());
  MethodId id = added->id;
  VaultHeader header = open_->current.header;
  header.methods.push_back(std::move(*added));
  if (auto done = co_await replace_header(std::move(header)); !done) {
    co_return std::unexpected(done.error());
  }
  co_return id;
}

Task<Result<MethodId>> Vault::replace_method(UnlockWith proof, MethodId replaced,
                                             NewMethod method) {
  const Held<SecretRef> proof_secret(ports_.keyring, proof.secret);
  const Held<SecretRef> new_secret(ports_.keyring, method.secret);
  if (changing_) co_return fail(ErrorCode::kConflict, "The vault is being changed.", "Try again.");
  if (auto fine = may_change(); !fine) co_return std::unexpected(fine.error());
  if (open_->current.header.find(replaced) == nullptr) {
    co_return fail(ErrorCode::kNotFound, "The vault has no such way to unlock it.");
  }
  const Turn turn(changing_);
  auto added = co_await enroll(std::move(proof), std::move(method));
  if (!added) co_return std::unexpected(added.error());
  MethodId id = added->id;
  VaultHeader header = open_->current.header;
  *std::ranges::find(header.methods, replaced, &UnlockMethod::id) = std::move(*added);
  header.rotation_due = true;
  if (auto done = co_await replace_header(std::move(header)); !done) {
    co_return std::unexpected(done.error());
  }
  co_return id;
}

Task<Result<void>> Vault::remove_method(MethodId method) {
  if (changing_) co_return fail(ErrorCode::kConflict, "The vault is being changed.", "Try again.");
  if (auto fine = may_change(); !fine) co_return fine;
  VaultHeader header = open_->current.header;
  if (header.find(method) == nullptr) {
    co_return fail(ErrorCode::kNotFound, "The vault has no such way to unlock it.");
  }
  if (header.methods.size() == 1) {
    co_return fail(ErrorCode::kForbidden, "This is the last way to unlock the vault.",
                   "Add another way first, then remove this one.");
  }
  const Turn turn(changing_);
  std::erase_if(header.methods, [&](const UnlockMethod& entry) { return entry.id == method; });
  header.rotation_due = true;
  co_return co_await replace_header(std::move(header));
}

// ---- Rotation ----

Task<Result<void>> Vault::begin_rotation() {
  VaultHeader header = open_->current.header;
  if (header.epoch == 0xFFFFFFFF) {
    co_return fail(ErrorCode::kTooLarge, "This vault has had every key it can have.");
  }
  ++header.epoch;
  ++header.revision;
  header.epoch_started_at = ports_.clock.unix_now();
  header.rotating = true;
  header.rotation_due = false;
  auto made = co_await ports_.keyring.make(key_recipients(header));
  if (!made) co_return std::unexpected(made.error());
  Held<KeyRef> key(ports_.keyring, made->key);
  for (std::size_t at = 0; at < header.methods.size(); ++at) {
    header.methods[at].wrap = std::move(made->wraps[at]);
  }
  if (!open_) co_return is_locked();
  auto text = co_await sealed_header(open_->header_key.ref(), header);
  if (!text) co_return std::unexpected(text.error());
  TableBatch batch;
  batch.put.emplace_back(next_key(), std::move(*text));
  // Nothing was sealed with the new key yet: when this fails, or nobody knows, the next attempt may
  // well make another one.
  if (auto done = co_await ports_.table.apply(std::move(batch)); !done) co_return done;
  if (!open_) co_return is_locked();
  open_->next = Generation{.header = std::move(header), .key = std::move(key)};
  co_return Result<void>{};
}

// The new header takes the old one's place and is no longer beside it: one batch.
Task<Result<void>> Vault::finish_rotation() {
  VaultHeader header = open_->next->header;
  header.rotating = false;
  ++header.revision;
  auto text = co_await sealed_header(open_->header_key.ref(), header);
  if (!text) co_return std::unexpected(text.error());
  TableBatch batch;
  batch.put.emplace_back(header_key(), std::move(*text));
  batch.erase.push_back(next_key());
  if (auto done = co_await ports_.table.apply(std::move(batch)); !done) co_return done;
  if (!open_ || !open_->next) co_return is_locked();
  open_->current = std::move(*open_->next);
  open_->current.header = std::move(header);
  open_->next.reset();
  co_return Result<void>{};
}

Task<Result<void>> Vault::rotate(Reencryption* data) {
  if (!open_) co_return is_locked();
  if (changing_) co_return fail(ErrorCode::kConflict, "The vault is being changed.", "Try again.");
  const Turn turn(changing_);
  if (!open_->next) {
    if (auto begun = co_await begin_rotation(); !begun) co_return begun;
  }
  for (std::uint32_t steps = 0; steps < kStepsMax; ++steps) {
    if (!open_ || !open_->next) co_return is_locked();
    const EpochKey from{.epoch = open_->current.header.epoch, .key = open_->current.key.ref()};
    const auto done = co_await data->step(from, newest_key());
    if (!done) co_return std::unexpected(done.error());
    if (!*done) continue;
    if (!open_ || !open_->next) co_return is_locked();
    co_return co_await finish_rotation();
  }
  co_return fail(ErrorCode::kInternal, "The change of the vault's key found no end.",
                 "It goes on when the vault is unlocked again.");
}

}  // namespace a67
