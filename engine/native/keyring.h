// NativeKeyring is the door to keys for code that runs in the same program as its KeyChest: tests,
// and tools that open a vault without an engine. An engine reaches a chest by effects instead
// (keyring_effects.h).
#pragma once

#include "engine/native/keyring_chest.h"
#include "engine/ports/keyring.h"

namespace a67::native {

class NativeKeyring final : public Keyring {
 public:
  NativeKeyring() = default;
  explicit NativeKeyring(KeyChest::Entropy entropy) : chest_(std::move(entropy)) {}

  // For the host alone: offers secrets.
  [[nodiscard]] KeyChest& chest() { return chest_; }

  Task<Result<DerivedMethod>> derive(SecretRef secret, MethodKind kind, std::string salt,
                                     std::optional<Argon2Params> argon2) override;
  Task<Result<MadeKey>> make(std::vector<WrapFor> recipients) override;
  Task<Result<std::vector<std::string>>> rewrap(MethodRef method, std::string wrap, std::string ad,
                                                std::vector<WrapFor> recipients) override;
  Task<Result<KeyRef>> open(MethodRef method, std::string wrap, std::string ad) override;
  Task<Result<std::string>> pin(MethodRef method, std::string bytes) override;
  Task<Result<KeyRef>> subkey(KeyRef key, std::string salt, std::string info, KeyUse use) override;
  Task<Result<std::vector<std::string>>> seal(KeyRef key, std::vector<PlainItem> items) override;
  Task<Result<std::vector<OpenedItem>>> open_sealed(KeyRef key,
                                                    std::vector<SealedItem> items) override;
  Task<Result<std::string>> mac(KeyRef key, std::string bytes) override;
  void forget(std::vector<std::int64_t> numbers) override { chest_.forget(numbers); }
  void forget_all() override { chest_.forget_all(); }

 private:
  KeyChest chest_;
};

}  // namespace a67::native
