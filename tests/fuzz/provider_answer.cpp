// What a provider, or whoever answers in its place, may say: it never throws, is short and
// printable for people, never repeats the credential, and asks for no more patience than a day.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/base/encoding.h"
#include "engine/providers/answer.h"
#include "engine/providers/catalogue.h"

namespace {

const std::string kSecret = "s3cr3t!";

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string body(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::string header = body.substr(0, body.find('\n'));
  const a67::ApiAnswer answer = a67::read_answer({.status = 100 + data[0] * 2,
                                                  .headers = {{"Retry-After", header},
                                                              {"X-RateLimit-Remaining", "0"},
                                                              {"X-RateLimit-Reset", header}},
                                                  .body = body});
  a67::Credential credential;
  credential.put("token", a67::Sensitive<std::string>(kSecret));
  const auto providers = a67::built_in_providers();
  const a67::Provider& provider = *providers[data[1] % providers.size()].provider;
  const a67::Error error = a67::refusal_of(provider, {.method = "POST"}, answer, credential);
  require(!error.message.contains(kSecret));
  require(error.message.size() < 500 && a67::is_utf8(error.message));
  require(std::ranges::none_of(error.message,
                               [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  const auto wait = a67::asked_to_wait(answer, 1'795'687'200'000);
  require(!wait || (wait->count() >= 0 && *wait <= std::chrono::hours(24)));
  return 0;
}
