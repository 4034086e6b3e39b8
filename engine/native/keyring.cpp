#include "engine/native/keyring.h"

#include <utility>

namespace a67::native {

Task<Result<DerivedMethod>> NativeKeyring::derive(SecretRef secret, MethodKind kind,
                                                  std::string salt,
                                                  std::optional<Argon2Params> argon2) {
  co_return chest_.derive(secret, kind, salt, argon2);
}

Task<Result<MadeKey>> NativeKeyring::make(std::vector<WrapFor> recipients) {
  co_return chest_.make(recipients);
}

Task<Result<std::vector<std::string>>> NativeKeyring::rewrap(MethodRef method, std::string wrap,
                                                             std::string ad,
                                                             std::vector<WrapFor> recipients) {
  co_return chest_.rewrap(method, wrap, ad, recipients);
}

Task<Result<KeyRef>> NativeKeyring::open(MethodRef method, std::string wrap, std::string ad) {
  co_return chest_.open(method, wrap, ad);
}

Task<Result<std::string>> NativeKeyring::pin(MethodRef method, std::string bytes) {
  co_return chest_.pin(method, bytes);
}

Task<Result<KeyRef>> NativeKeyring::subkey(KeyRef key, std::string salt, std::string info,
                                           KeyUse use) {
  co_return chest_.subkey(key, salt, info, use);
}

Task<Result<std::vector<std::string>>> NativeKeyring::seal(KeyRef key,
                                                           std::vector<PlainItem> items) {
  co_return chest_.seal(key, items);
}

Task<Result<std::vector<OpenedItem>>> NativeKeyring::open_sealed(KeyRef key,
                                                                 std::vector<SealedItem> items) {
  co_return chest_.open_sealed(key, items);
}

Task<Result<std::string>> NativeKeyring::mac(KeyRef key, std::string bytes) {
  co_return chest_.mac(key, bytes);
}

}  // namespace a67::native
