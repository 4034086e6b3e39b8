// A provider's sign-in, as its OAuth flow is declared: the page where a person agrees, and the
// token endpoint that wants the verifier of the challenge it was given (RFC 7636).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "engine/providers/provider.h"
#include "tests/fakes/fake_provider.h"

namespace a67::fakes {

class FakeOAuth {
 public:
  explicit FakeOAuth(const Provider& provider) : provider_(provider) {}

  // The person agrees: where the browser is sent then, with a code or with the token itself.
  // Nothing when the request is not as the flow wants it.
  std::optional<std::string> agree(const FakeRequest& request, const std::string& token);
  // The answer of the token endpoint; nothing when the request is not for it.
  std::optional<FakeAnswer> exchange(const FakeRequest& request, const std::string& token);

 private:
  struct Grant {
    std::string client;
    std::string redirect;
    std::string challenge;
  };
  const Provider& provider_;
  std::map<std::string, Grant> grants_;  // by code, each good once
  std::uint64_t next_code_ = 1;
};

}  // namespace a67::fakes
