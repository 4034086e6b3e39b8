#include "engine/native/aes_gcm.h"

#include <openssl/evp.h>

#include <climits>
#include <cstdlib>
#include <memory>
#include <utility>

#include "engine/base/encoding.h"

namespace a67::native {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// OpenSSL fails here only without memory, or when it was built without AES: nothing can go on, and
// going on with half a ciphertext would be worse.
void require(int result) {
  if (result != 1) std::abort();
}

int size_of(std::string_view bytes) {
  if (bytes.size() > INT_MAX) std::abort();
  return static_cast<int>(bytes.size());
}

unsigned char* out_bytes(std::string& text, std::size_t at = 0) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

}  // namespace

std::string aes256_gcm_seal(const Sensitive<Key256>& key, const GcmNonce& nonce,
                            std::string_view ad, std::string_view plain) {
  const Context context(EVP_CIPHER_CTX_new());
  require(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.expose().data(),
                             nonce.data()));
  int count = 0;
  if (!ad.empty()) {
    require(EVP_EncryptUpdate(context.get(), nullptr, &count, as_bytes(ad).data(), size_of(ad)));
  }
  std::string sealed(plain.size() + kGcmTagBytes, '\0');
  if (!plain.empty()) {
    require(EVP_EncryptUpdate(context.get(), out_bytes(sealed), &count, as_bytes(plain).data(),
                              size_of(plain)));
  }
  require(EVP_EncryptFinal_ex(context.get(), out_bytes(sealed, plain.size()), &count));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kGcmTagBytes,
                              out_bytes(sealed, plain.size())));
  return sealed;
}

std::optional<Sensitive<std::string>> aes256_gcm_open(const Sensitive<Key256>& key,
                                                      const GcmNonce& nonce, std::string_view ad,
                                                      std::string_view sealed) {
  if (sealed.size() < kGcmTagBytes) return std::nullopt;
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kGcmTagBytes);
  std::string tag(sealed.substr(ciphertext.size()));
  const Context context(EVP_CIPHER_CTX_new());
  require(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.expose().data(),
                             nonce.data()));
  int count = 0;
  if (!ad.empty()) {
    require(EVP_DecryptUpdate(context.get(), nullptr, &count, as_bytes(ad).data(), size_of(ad)));
  }
  std::string text(ciphertext.size(), '\0');
  if (!ciphertext.empty()) {
    require(EVP_DecryptUpdate(context.get(), out_bytes(text), &count, as_bytes(ciphertext).data(),
                              size_of(ciphertext)));
  }
  // Wiped, too, when the tag is wrong: what was decrypted is nobody's business then.
  Sensitive<std::string> plain(std::move(text));
  require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kGcmTagBytes, tag.data()));
  unsigned char none = 0;
  if (EVP_DecryptFinal_ex(context.get(), &none, &count) != 1) return std::nullopt;
  return plain;
}

}  // namespace a67::native
