// RFC 9106, 5.3: Argon2id of the very library we link. Its public call takes one lane, no key and
// no associated data; the vector has all three, so it goes through the call beneath.
#include <array>
#include <catch_amalgamated.hpp>
#include <cstdint>

#include "engine/base/encoding.h"

extern "C" {
#include <argon2.h>
#include <sodium.h>
}

TEST_CASE("Argon2id: the vector of RFC 9106", "[vault]") {
  REQUIRE(sodium_init() >= 0);  // chooses the implementation for this processor
  std::array<std::uint8_t, 32> tag{};
  std::array<std::uint8_t, 32> password{};
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 8> secret{};
  std::array<std::uint8_t, 12> data{};
  password.fill(1);
  salt.fill(2);
  secret.fill(3);
  data.fill(4);
  argon2_context context{};
  context.out = tag.data();
  context.outlen = tag.size();
  context.pwd = password.data();
  context.pwdlen = password.size();
  context.salt = salt.data();
  context.saltlen = salt.size();
  context.secret = secret.data();
  context.secretlen = secret.size();
  context.ad = data.data();
  context.adlen = data.size();
  context.t_cost = 3;
  context.m_cost = 32;
  context.lanes = 4;
  context.threads = 4;
  REQUIRE(argon2_ctx(&context, Argon2_id) == ARGON2_OK);
  CHECK(a67::hex_encode(tag) == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}
