#include "engine/native/keyring_chest.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "engine/base/encoding.h"
#include "engine/native/aes_gcm.h"
#include "engine/vault/recovery_words.h"
#include "engine/vault/wrap_key.h"

namespace a67::native {
namespace {

constexpr std::size_t kNonceBytes = std::tuple_size_v<GcmNonce>;
constexpr std::size_t kEncBytes = std::tuple_size_v<X25519Public>;

std::string text_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unexpected<Error> does_not_open() {
  return fail(ErrorCode::kUnauthorized, "This does not open the vault.");
}

// The raw vault key in a wrap.
std::optional<Sensitive<Key256>> unwrap(const Sensitive<Seed>& seed, std::string_view wrap,
                                        std::string_view ad) {
  if (wrap.size() != kWrapBytes) return std::nullopt;
  X25519Public enc{};
  std::ranges::copy(as_bytes(wrap.substr(0, kEncBytes)), enc.begin());
  const auto with = receiver_wrap_key(seed, enc, ad);
  if (!with) return std::nullopt;
  const auto plain = aes256_gcm_open(with->key, with->nonce, {}, wrap.substr(kEncBytes));
  if (!plain) return std::nullopt;
  Key256 key{};
  std::ranges::copy(as_bytes(plain->expose()), key.begin());
  Sensitive<Key256> result(key);
  wipe(key.data(), key.size());
  return result;
}

}  // namespace

KeyChest::KeyChest()
    : KeyChest([](std::span<std::uint8_t> bytes) { randombytes_buf(bytes.data(), bytes.size()); }) {
}

KeyChest::KeyChest(Entropy entropy) : entropy_(std::move(entropy)) {
  // Chooses the quick paths, and makes randombytes ready. It fails only without randomness.
  if (sodium_init() < 0) std::abort();
}

Result<std::int64_t> KeyChest::keep(Kept kept) {
  if (kept_.size() >= kKeptMax) {
    return fail(ErrorCode::kTooLarge, "Too many keys are in use at once.",
                "Lock the vault and unlock it again.");
  }
  const std::int64_t number = next_++;
  kept_.emplace(number, std::move(kept));
  return number;
}

template <class T>
Result<const T*> KeyChest::find(std::int64_t number, std::string_view what) const {
  const auto found = kept_.find(number);
  if (found == kept_.end()) {
    return fail(ErrorCode::kNotFound, "The host has no " + std::string(what) + " of this number.",
                "The vault was locked meanwhile: unlock it again.");
  }
  const T* kept = std::get_if<T>(&found->second);
  if (kept == nullptr) {
    return fail(ErrorCode::kInvalidInput, "This number is no " + std::string(what) + ".");
  }
  return kept;
}

Result<const KeyChest::Key*> KeyChest::find_key(KeyRef key, KeyUse use) const {
  auto found = find<Key>(key.number, "key");
  if (found && (*found)->use != use) {
    return fail(ErrorCode::kInvalidInput, "This key is for another use.");
  }
  return found;
}

template <std::size_t N>
Sensitive<std::array<std::uint8_t, N>> KeyChest::draw() {
  std::array<std::uint8_t, N> bytes{};
  entropy_(bytes);
  Sensitive<std::array<std::uint8_t, N>> result(bytes);
  wipe(bytes.data(), bytes.size());
  return result;
}

Result<SecretRef> KeyChest::offer(Sensitive<std::string> secret) {
  const auto number = keep(std::move(secret));
  if (!number) return std::unexpected(number.error());
  return SecretRef{*number};
}

Result<SecretRef> KeyChest::offer_recovery_words(const Sensitive<std::string>& words) {
  const auto secret = read_recovery_words(words.expose());
  if (!secret) return std::unexpected(secret.error());
  return offer(Sensitive<std::string>(text_of(secret->expose())));
}

Sensitive<std::string> KeyChest::draw_recovery_words() {
  return write_recovery_words(draw<kRecoverySecretBytes>());
}

Result<DerivedMethod> KeyChest::derive(SecretRef secret, MethodKind kind, const std::string& salt,
                                       std::optional<Argon2Params> argon2) {
  const auto given = find<Sensitive<std::string>>(secret.number, "secret");
  if (!given) return std::unexpected(given.error());
  auto seed = derive_method_seed(kind, as_bytes((*given)->expose()), as_bytes(salt), argon2);
  if (!seed) return std::unexpected(seed.error());
  const UnlockPublicKey public_key = public_key_of(*seed);
  const auto number = keep(Method{std::move(*seed)});
  if (!number) return std::unexpected(number.error());
  return DerivedMethod{.method = MethodRef{*number}, .public_key = public_key};
}

Result<std::vector<std::string>> KeyChest::wrap_for(const Sensitive<Key256>& key,
                                                    const std::vector<WrapFor>& recipients) {
  std::vector<std::string> wraps;
  for (const WrapFor& recipient : recipients) {
    const auto sender = sender_wrap_key(draw<32>(), recipient.public_key, recipient.ad);
    if (!sender) {
      return fail(ErrorCode::kInvalidInput, "An unlock method's public key is not one.",
                  "Remove the method and add it again.");
    }
    const Sensitive<std::string> plain(text_of(key.expose()));
    wraps.push_back(text_of(sender->enc) +
                    aes256_gcm_seal(sender->wrap.key, sender->wrap.nonce, {}, plain.expose()));
  }
  return wraps;
}

Result<MadeKey> KeyChest::make(const std::vector<WrapFor>& recipients) {
  Sensitive<Key256> key = draw<32>();
  auto wraps = wrap_for(key, recipients);
  if (!wraps) return std::unexpected(wraps.error());
  const auto number = keep(Key{.bytes = std::move(key), .use = KeyUse::kDerive});
  if (!number) return std::unexpected(number.error());
  return MadeKey{.key = KeyRef{*number}, .wraps = std::move(*wraps)};
}

Result<std::vector<std::string>> KeyChest::rewrap(MethodRef method, std::string_view wrap,
                                                  std::string_view ad,
                                                  const std::vector<WrapFor>& recipients) {
  const auto found = find<Method>(method.number, "unlock method");
  if (!found) return std::unexpected(found.error());
  const auto key = unwrap((*found)->seed, wrap, ad);
  if (!key) return does_not_open();
  return wrap_for(*key, recipients);
}

Result<KeyRef> KeyChest::open(MethodRef method, std::string_view wrap, std::string_view ad) {
  const auto found = find<Method>(method.number, "unlock method");
  if (!found) return std::unexpected(found.error());
  auto key = unwrap((*found)->seed, wrap, ad);
  if (!key) return does_not_open();
  const auto number = keep(Key{.bytes = std::move(*key), .use = KeyUse::kDerive});
  if (!number) return std::unexpected(number.error());
  return KeyRef{*number};
}

Result<std::string> KeyChest::pin(MethodRef method, std::string_view bytes) {
  const auto found = find<Method>(method.number, "unlock method");
  if (!found) return std::unexpected(found.error());
  return text_of(hmac_sha256(derive_pin_key((*found)->seed).expose(), bytes));
}

Result<KeyRef> KeyChest::subkey(KeyRef key, std::string_view salt, std::string_view info,
                                KeyUse use) {
  const auto found = find_key(key, KeyUse::kDerive);
  if (!found) return std::unexpected(found.error());
  const auto number = keep(Key{.bytes = hkdf(salt, (*found)->bytes.expose(), info), .use = use});
  if (!number) return std::unexpected(number.error());
  return KeyRef{*number};
}

Result<std::vector<std::string>> KeyChest::seal(KeyRef key, const std::vector<PlainItem>& items) {
  const auto found = find_key(key, KeyUse::kSeal);
  if (!found) return std::unexpected(found.error());
  std::vector<std::string> sealed;
  for (const PlainItem& item : items) {
    if (item.plain.expose().size() > kItemBytesMax) {
      return fail(ErrorCode::kTooLarge, "One thing to be sealed has more than 64 MiB.");
    }
    GcmNonce nonce{};
    entropy_(nonce);
    sealed.push_back(text_of(nonce) +
                     aes256_gcm_seal((*found)->bytes, nonce, item.ad, item.plain.expose()));
  }
  return sealed;
}

Result<std::vector<OpenedItem>> KeyChest::open_sealed(KeyRef key,
                                                      const std::vector<SealedItem>& items) {
  const auto found = find_key(key, KeyUse::kSeal);
  if (!found) return std::unexpected(found.error());
  std::vector<OpenedItem> opened;
  for (const SealedItem& item : items) {
    const std::string_view sealed = item.sealed;
    if (sealed.size() < kNonceBytes || sealed.size() > kItemBytesMax) {
      opened.emplace_back();
      continue;
    }
    GcmNonce nonce{};
    std::ranges::copy(as_bytes(sealed.substr(0, kNonceBytes)), nonce.begin());
    opened.push_back(aes256_gcm_open((*found)->bytes, nonce, item.ad, sealed.substr(kNonceBytes)));
  }
  return opened;
}

Result<std::string> KeyChest::mac(KeyRef key, std::string_view bytes) {
  const auto found = find_key(key, KeyUse::kMac);
  if (!found) return std::unexpected(found.error());
  return text_of(hmac_sha256((*found)->bytes.expose(), bytes));
}

void KeyChest::forget(std::span<const std::int64_t> numbers) {
  for (const std::int64_t number : numbers) kept_.erase(number);
}

}  // namespace a67::native
