// KeyChest keeps a host's secrets and keys behind numbers and does the arithmetic on them: what
// engine/ports/keyring.h promises, at once. OpenSSL does AES-256-GCM, libsodium the rest.
//
// derive() of a passphrase takes its memory and time (0.1 s to some seconds) on the calling thread.
// Keys are overwritten when they are forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/hkdf.h"
#include "engine/ports/keyring.h"

namespace a67::native {

class KeyChest {
 public:
  // Fills the bytes with randomness fit for keys. Tests give a repeatable one.
  using Entropy = std::function<void(std::span<std::uint8_t>)>;

  static constexpr std::size_t kKeptMax = 10'000;  // secrets, methods and keys together
  static constexpr std::size_t kItemBytesMax = std::size_t{64} << 20;

  KeyChest();  // randomness of the operating system
  explicit KeyChest(Entropy entropy);
  KeyChest(const KeyChest&) = delete;
  KeyChest& operator=(const KeyChest&) = delete;

  // How a program hands over what a person typed. Only the number goes to the engine.
  Result<SecretRef> offer(Sensitive<std::string> secret);
  // Reads nine recovery words; an error names the wrong one (engine/vault/recovery_words.h).
  Result<SecretRef> offer_recovery_words(const Sensitive<std::string>& words);
  // Nine new ones, to be shown once; nothing of them is kept here.
  Sensitive<std::string> draw_recovery_words();

  Result<DerivedMethod> derive(SecretRef secret, MethodKind kind, const std::string& salt,
                               std::optional<Argon2Params> argon2);
  Result<MadeKey> make(const std::vector<WrapFor>& recipients);
  Result<std::vector<std::string>> rewrap(MethodRef method, std::string_view wrap,
                                          std::string_view ad,
                                          const std::vector<WrapFor>& recipients);
  Result<KeyRef> open(MethodRef method, std::string_view wrap, std::string_view ad);
  Result<std::string> pin(MethodRef method, std::string_view bytes);
  Result<KeyRef> subkey(KeyRef key, std::string_view salt, std::string_view info, KeyUse use);
  Result<std::vector<std::string>> seal(KeyRef key, const std::vector<PlainItem>& items);
  Result<std::vector<OpenedItem>> open_sealed(KeyRef key, const std::vector<SealedItem>& items);
  Result<std::string> mac(KeyRef key, std::string_view bytes);
  void forget(std::span<const std::int64_t> numbers);
  void forget_all() { kept_.clear(); }

  // How many numbers mean something now.
  [[nodiscard]] std::size_t size() const { return kept_.size(); }

 private:
  struct Method {
    Sensitive<Seed> seed;
  };
  struct Key {
    Sensitive<Key256> bytes;
    KeyUse use = KeyUse::kDerive;
  };
  using Kept = std::variant<Sensitive<std::string>, Method, Key>;

  Result<std::int64_t> keep(Kept kept);
  template <class T>
  Result<const T*> find(std::int64_t number, std::string_view what) const;
  Result<const Key*> find_key(KeyRef key, KeyUse use) const;
  template <std::size_t N>
  Sensitive<std::array<std::uint8_t, N>> draw();
  Result<std::vector<std::string>> wrap_for(const Sensitive<Key256>& key,
                                            const std::vector<WrapFor>& recipients);

  Entropy entropy_;
  std::int64_t next_ = 1;
  std::map<std::int64_t, Kept> kept_;
};

}  // namespace a67::native
