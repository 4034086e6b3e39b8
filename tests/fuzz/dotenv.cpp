// A .env file from outside: names are valid, sizes bounded, errors name a line and hold nothing of
// a value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/base/names.h"
#include "engine/deploy/dotenv.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Written with every byte in quotes and escaped, it must read back the same.
std::string written(const a67::Environment& env) {
  std::string text;
  for (const auto& [name, value] : env) {
    text += name + "=\"";
    for (const char c : value.expose()) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += "\"\n";
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto env = a67::parse_dotenv(text);
  if (!env) {
    require(env.error().field.starts_with(".env"));
    return 0;
  }
  require(env->size() <= a67::kEnvCountMax);
  for (const auto& [name, value] : *env) {
    require(!a67::env_name_fault(name) && value.expose().size() <= a67::kEnvValueBytesMax);
  }
  const std::string again = written(*env);
  if (again.size() > a67::kDotenvBytesMax) return 0;
  const auto reread = a67::parse_dotenv(again);
  require(reread.has_value() && *reread == *env);
  return 0;
}
