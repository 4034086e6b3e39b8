#include "engine/vault/vault.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/vault/vault_parts.h"
#include "engine/vault/wrap_key.h"

namespace a67 {

using vault_parts::is_locked;
using vault_parts::key_recipients;

namespace {

constexpr std::string_view kHeaderKeyInfo = "automator67/vault/v1/header";
constexpr std::string_view kCommitment = "automator67/vault/v1/anchor-commitment";
constexpr std::size_t kIdLength = 20;  // 100 random bits

std::unexpected<Error> does_not_open() {
  return fail(ErrorCode::kUnauthorized, "This does not open the vault.",
              "Try again, or unlock it in another way.");
}

std::unexpected<Error> not_ours() {
  return fail(ErrorCode::kStoreFailed,
              "The vault's header was changed by something other than Automator67.",
              "Nothing was opened. Restore the vault from a backup, or from another device.");
}

bool same_bytes(std::string_view a, std::string_view b) {
  return equal_constant_time(as_bytes(a), as_bytes(b));
}

std::vector<WrapFor> anchor_recipients(const VaultHeader& header) {
  std::vector<WrapFor> recipients;
  for (const UnlockMethod& method : header.methods) {
    recipients.push_back({.public_key = method.public_key, .ad = anchor_context(header, method)});
  }
  return recipients;
}

}  // namespace

Vault::Vault(VaultPorts ports, std::string workspace)
    : ports_(ports), workspace_(std::move(workspace)) {}

void Vault::lock() { open_.reset(); }

EpochKey Vault::newest_key() const {
  assert(open_);
  const Generation& newest = open_->next ? *open_->next : open_->current;
  return {.epoch = newest.header.epoch, .key = newest.key.ref()};
}

std::optional<EpochKey> Vault::key_of(std::uint32_t epoch) const {
  assert(open_);
  if (epoch == open_->current.header.epoch) {
    return EpochKey{.epoch = epoch, .key = open_->current.key.ref()};
  }
  if (open_->next && epoch == open_->next->header.epoch) {
    return EpochKey{.epoch = epoch, .key = open_->next->key.ref()};
  }
  return std::nullopt;
}

RotationDue Vault::rotation_due() const {
  assert(open_);
  const VaultHeader& header = open_->current.header;
  const Duration age(std::max<std::int64_t>(0, ports_.clock.unix_now() - header.epoch_started_at));
  return {.key_age = age, .by_age = age >= kRotateEvery, .by_change = header.rotation_due};
}

std::string Vault::make_salt() const {
  std::array<std::uint8_t, kMethodSaltBytes> salt{};
  ports_.random.fill(salt);
  return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

Result<void> Vault::may_change() const {
  if (!open_) return is_locked();
  if (open_->next) {
    return fail(ErrorCode::kConflict, "The vault's key is being changed for the next one.",
                "Let that finish first, then try again.");
  }
  return {};
}

Task<Result<StoredHeader>> Vault::load(std::string key) {
  const auto text = co_await ports_.table.get(std::move(key));
  if (!text) co_return std::unexpected(text.error());
  if (!*text) {
    co_return fail(ErrorCode::kNotFound, "There is no vault on this device yet.",
                   "Create one, or restore a backup.");
  }
  auto stored = read_header(**text);
  if (stored && stored->header.workspace != workspace_) co_return not_ours();
  co_return stored;
}

Task<Result<VaultHeader>> Vault::inspect() {
  auto stored = co_await load(header_key());
  if (!stored) co_return std::unexpected(stored.error());
  co_return std::move(stored->header);
}

// ---- Proving and opening ----

// Finds the method that the secret belongs to: the one whose public key it gives.
Task<Result<Vault::Proven>> Vault::prove(VaultHeader header, UnlockWith with) {
  for (const UnlockMethod& method : header.methods) {
    const bool wanted = with.method.empty() || with.method == method.id;
    if (!wanted || method.kind != with.kind) continue;
    const auto derived =
        co_await ports_.keyring.derive(with.secret, method.kind, method.salt, method.argon2);
    // A secret that cannot be one of this kind does not open either, and no more is said.
    if (!derived && derived.error().code == ErrorCode::kInvalidInput) continue;
    if (!derived) co_return std::unexpected(derived.error());
    Held<MethodRef> held(ports_.keyring, derived->method);
    if (derived->public_key == method.public_key) {
      co_return Proven{.method = std::move(held), .id = method.id};
    }
  }
  co_return does_not_open();
}

Task<Result<std::string>> Vault::anchor_commitment(KeyRef header_key) {
  co_return co_await ports_.keyring.mac(header_key, std::string(kCommitment));
}

// The anchor's header key, once the method has vouched for the anchor.
Task<Result<Held<KeyRef>>> Vault::open_anchor(StoredHeader stored, MethodRef method, MethodId id) {
  const VaultHeader& header = stored.header;
  const UnlockMethod* entry = header.find(id);
  if (entry == nullptr) co_return not_ours();
  const auto anchor =
      co_await ports_.keyring.open(method, entry->anchor_wrap, anchor_context(header, *entry));
  if (!anchor && anchor.error().code == ErrorCode::kUnauthorized) co_return not_ours();
  if (!anchor) co_return std::unexpected(anchor.error());
  const Held<KeyRef> anchor_key(ports_.keyring, *anchor);
  const auto subkey = co_await ports_.keyring.subkey(anchor_key.ref(), header.id.value,
                                                     std::string(kHeaderKeyInfo), KeyUse::kMac);
  if (!subkey) co_return std::unexpected(subkey.error());
  Held<KeyRef> mac_key(ports_.keyring, *subkey);
  const auto commitment = co_await anchor_commitment(mac_key.ref());
  if (!commitment) co_return std::unexpected(commitment.error());
  const auto pin = co_await ports_.keyring.pin(method, pin_message(header, *entry, *commitment));
  if (!pin) co_return std::unexpected(pin.error());
  if (!same_bytes(*pin, entry->anchor_pin)) co_return not_ours();
  co_return mac_key;
}

Task<Result<void>> Vault::check_mac(KeyRef header_key, StoredHeader stored) {
  const auto mac = co_await ports_.keyring.mac(header_key, stored.body);
  if (!mac) co_return std::unexpected(mac.error());
  if (!same_bytes(*mac, stored.mac)) co_return not_ours();
  co_return Result<void>{};
}

// REQUIRES: the header was authenticated.
Task<Result<Vault::Generation>> Vault::open_generation(StoredHeader stored, MethodRef method,
                                                       MethodId id) {
  const UnlockMethod* entry = stored.header.find(id);
  if (entry == nullptr) co_return not_ours();
  const auto key =
      co_await ports_.keyring.open(method, entry->wrap, wrap_context(stored.header, *entry));
  if (!key && key.error().code == ErrorCode::kUnauthorized) co_return not_ours();
  if (!key) co_return std::unexpected(key.error());
  co_return Generation{.header = std::move(stored.header),
                       .key = Held<KeyRef>(ports_.keyring, *key)};
}

Task<Result<Vault::Open>> Vault::open_current(StoredHeader stored, MethodRef method, MethodId id) {
  auto header_key = co_await open_anchor(stored, method, id);
  if (!header_key) co_return std::unexpected(header_key.error());
  if (auto fine = co_await check_mac(header_key->ref(), stored); !fine) {
    co_return std::unexpected(fine.error());
  }
  if (stored.header.rotating) co_return not_ours();  // that one belongs beside the header
  auto current = co_await open_generation(std::move(stored), method, id);
  if (!current) co_return std::unexpected(current.error());
  co_return Open{
      .header_key = std::move(*header_key), .current = std::move(*current), .next = std::nullopt};
}

Task<Result<Vault::Open>> Vault::open_with(StoredHeader stored, MethodRef method, MethodId id) {
  auto opened = co_await open_current(std::move(stored), method, id);
  if (!opened) co_return std::unexpected(opened.error());
  Open open = std::move(*opened);
  auto next = co_await load(next_key());
  if (!next && next.error().code == ErrorCode::kNotFound) co_return open;
  if (!next) co_return std::unexpected(next.error());
  if (auto fine = co_await check_mac(open.header_key.ref(), *next); !fine) {
    co_return std::unexpected(fine.error());
  }
  const VaultHeader& header = open.current.header;
  if (!next->header.rotating || next->header.id != header.id) co_return not_ours();
  // One that was left behind: its rotation is over.
  if (next->header.epoch != header.epoch + 1) co_return not_ours();
  auto generation = co_await open_generation(std::move(*next), method, id);
  if (!generation) co_return std::unexpected(generation.error());
  open.next = std::move(*generation);
  co_return open;
}

Task<Result<void>> Vault::unlock(UnlockWith with) {
  const Held<SecretRef> secret(ports_.keyring, with.secret);
  auto stored = co_await load(header_key());
  if (!stored) co_return std::unexpected(stored.error());
  const auto proven = co_await prove(stored->header, std::move(with));
  if (!proven) co_return std::unexpected(proven.error());
  auto open = co_await open_with(std::move(*stored), proven->method.ref(), proven->id);
  if (!open) co_return std::unexpected(open.error());
  open_ = std::move(*open);
  co_return Result<void>{};
}

// ---- Creating ----

Task<Result<Vault::Enrolled>> Vault::derive_new(NewMethod given) {
  UnlockMethod method{.id = MethodId(ports_.random.make_name(kIdLength)),
                      .kind = given.kind,
                      .label = std::move(given.label),
                      .created_at = ports_.clock.unix_now(),
                      .public_key = {},
                      .salt = given.salt.empty() ? make_salt() : std::move(given.salt),
                      .argon2 = given.argon2,
                      .credential = std::move(given.credential),
                      .anchor_wrap = std::string(kWrapBytes, '\0'),
                      .anchor_pin = std::string(32, '\0'),
                      .wrap = std::string(kWrapBytes, '\0')};
  const auto derived =
      co_await ports_.keyring.derive(given.secret, method.kind, method.salt, method.argon2);
  if (!derived) co_return std::unexpected(derived.error());
  method.public_key = derived->public_key;
  co_return Enrolled{.method = std::move(method),
                     .ref = Held<MethodRef>(ports_.keyring, derived->method)};
}

Task<Result<void>> Vault::create(std::string workspace_name, std::vector<NewMethod> methods) {
  std::vector<Held<SecretRef>> secrets;
  for (const NewMethod& method : methods) secrets.emplace_back(ports_.keyring, method.secret);
  if (changing_ || open_) {
    co_return fail(ErrorCode::kConflict, "A vault is open already.", "Lock it first.");
  }
  const Turn turn(changing_);
  const bool recovery = std::ranges::contains(methods, MethodKind::kRecovery, &NewMethod::kind);
  // A secret that the device keeps for itself cannot be forgotten.
  const bool device_alone = methods.size() == 1 && methods.front().kind == MethodKind::kDevice;
  if (!device_alone && (!recovery || methods.size() < 2)) {
    co_return fail(ErrorCode::kInvalidInput,
                   "A new vault needs recovery words and one other way to unlock it.",
                   "Without recovery words, a forgotten passphrase would lose everything.");
  }
  const auto existing = co_await ports_.table.get(header_key());
  if (!existing) co_return std::unexpected(existing.error());
  if (*existing) {
    co_return fail(ErrorCode::kConflict, "There is a vault on this device already.",
                   "Unlock it. To begin anew, remove it first.");
  }
  std::vector<Enrolled> enrolled;
  for (NewMethod& method : methods) {
    auto derived = co_await derive_new(std::move(method));
    if (!derived) co_return std::unexpected(derived.error());
    enrolled.push_back(std::move(*derived));
  }
  co_return co_await create_open(std::move(workspace_name), std::move(enrolled));
}

Task<Result<void>> Vault::create_open(std::string workspace_name, std::vector<Enrolled> methods) {
  const UnixMs now = ports_.clock.unix_now();
  VaultHeader header{.id = VaultId(ports_.random.make_name(kIdLength)),
                     .workspace = workspace_,
                     .workspace_name = std::move(workspace_name),
                     .created_at = now,
                     .epoch_started_at = now,
                     .methods = {}};
  for (const Enrolled& enrolled : methods) header.methods.push_back(enrolled.method);
  if (auto fine = check_header(header); !fine) co_return fine;

  const auto anchor = co_await ports_.keyring.make(anchor_recipients(header));
  if (!anchor) co_return std::unexpected(anchor.error());
  const Held<KeyRef> anchor_key(ports_.keyring, anchor->key);
  const auto subkey = co_await ports_.keyring.subkey(anchor_key.ref(), header.id.value,
                                                     std::string(kHeaderKeyInfo), KeyUse::kMac);
  if (!subkey) co_return std::unexpected(subkey.error());
  Held<KeyRef> mac_key(ports_.keyring, *subkey);
  const auto commitment = co_await anchor_commitment(mac_key.ref());
  if (!commitment) co_return std::unexpected(commitment.error());
  const auto made = co_await ports_.keyring.make(key_recipients(header));
  if (!made) co_return std::unexpected(made.error());
  Held<KeyRef> key(ports_.keyring, made->key);
  for (std::size_t at = 0; at < methods.size(); ++at) {
    UnlockMethod& method = header.methods[at];
    method.anchor_wrap = anchor->wraps[at];
    method.wrap = made->wraps[at];
    auto pin = co_await ports_.keyring.pin(methods[at].ref.ref(),
                                           pin_message(header, method, *commitment));
    if (!pin) co_return std::unexpected(pin.error());
    method.anchor_pin = std::move(*pin);
  }
  auto text = co_await sealed_header(mac_key.ref(), header);
  if (!text) co_return std::unexpected(text.error());
  TableBatch batch;
  batch.put.emplace_back(header_key(), std::move(*text));
  batch.erase.push_back(next_key());  // of a vault that was here before
  if (auto done = co_await ports_.table.apply(std::move(batch)); !done) co_return done;
  open_ = Open{.header_key = std::move(mac_key),
               .current = {.header = std::move(header), .key = std::move(key)},
               .next = std::nullopt};
  co_return Result<void>{};
}

}  // namespace a67
