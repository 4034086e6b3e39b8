// Order tokens from outside. The first byte chooses: the rest is a whole token, or claims that get
// a right signature (random bytes never would, so the claims' parser would stay untouched).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/encoding.h"
#include "engine/fleet/order_token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const a67::SigningKey kKey{a67::Sensitive<a67::Seed>(a67::Seed{7})};
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string token = text;
  if (data[0] % 2 == 1) {
    token = a67::base64url_encode(a67::as_bytes(R"({"alg":"EdDSA","typ":"JWT"})"));
    token += '.';
    token += a67::base64url_encode(a67::as_bytes(text));
    const a67::Signature signature = kKey.sign(token);
    token += '.';
    token += a67::base64url_encode(signature);
  }
  const a67::OrderExpectation expected{
      .node = a67::NodeId("n-1"), .action = "GET /v1/status", .sum = {}, .now = 1'700'000'000'000};
  const auto claims = a67::verify_order_token(token, expected, kKey.public_key());
  if (!claims) return 0;
  const bool right = data[0] % 2 == 1 && claims->audience == expected.node &&
                     claims->action == expected.action && !claims->sum && claims->epoch >= 1 &&
                     claims->expires_at - claims->issued_at <= a67::kOrderTokenLifeSecondsMax;
  if (!right) std::abort();
  a67::ReplayGuard guard;
  if (!guard.use(*claims, expected.now) || guard.use(*claims, expected.now)) std::abort();
  return 0;
}
