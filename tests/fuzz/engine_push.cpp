// Whatever a host pushes, one message a line: the engine must go on, and everything it says must be
// a message. Loads find nothing and saves succeed, so that it gets beyond its start.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/api/engine.h"
#include "engine/base/json.h"

namespace {

constexpr std::size_t kLinesMax = 64;
constexpr int kRoundsMax = 20;

void answer_store(a67::Engine& engine, const a67::Json& message) {
  const std::string name = a67::string_or(message, "name");
  if (!name.starts_with("store.")) return;
  engine.push(a67::dump_json(
      {{"kind", "result"}, {"id", message.at("id")}, {"body", {{"value", nullptr}}}}));
}

void drain(a67::Engine& engine, a67::Instant now) {
  for (int round = 0; round < kRoundsMax; ++round) {
    const auto wake = engine.next_wake();
    if (round > 0 && (!wake || *wake > now)) return;
    const auto out = a67::parse_json(engine.drain(now), {.bytes_max = std::size_t{64} << 20});
    if (!out || !out->is_array()) std::abort();
    for (const a67::Json& message : *out) {
      if (a67::string_or(message, "kind").empty()) std::abort();
      answer_store(engine, message);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  a67::Engine engine;
  a67::Instant now{};
  engine.push(R"({"kind":"start","host":"cli","unixMs":1790000000000,"seed":")" +
              std::string(64, '7') + "\"}");
  drain(engine, now);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (std::size_t line = 0; line < kLinesMax && !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    engine.push(rest.substr(0, end));
    now += a67::Duration{700};
    drain(engine, now);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return 0;
}
