#include "engine/providers/credential.h"

#include <cstddef>

namespace a67 {
namespace {

// Shorter values would black out ordinary words.
constexpr std::size_t kRedactBytesMin = 6;

}  // namespace

std::string Credential::redacted(std::string text) const {
  for (const auto& [name, value] : fields_) {
    const std::string& secret = value.expose();
    if (secret.size() < kRedactBytesMin) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "[redacted]");
    }
  }
  return text;
}

}  // namespace a67
