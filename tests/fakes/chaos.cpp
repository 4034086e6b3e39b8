#include "tests/fakes/chaos.h"

namespace a67::fakes {

Fate Chaos::draw() {
  Fate fate;
  std::uint64_t dice = random_.below(100);
  const auto falls_in = [&](std::uint32_t percent) {
    if (dice < percent) return true;
    dice -= percent;
    return false;
  };
  if (falls_in(rates_.busy)) {
    fate.kind = Fate::Kind::kInstead;
    fate.instead = {
        .status = 429, .headers = {{"Retry-After", "2"}}, .body = R"({"message":"slow down"})"};
  } else if (falls_in(rates_.broken)) {
    fate.kind = Fate::Kind::kInstead;
    fate.instead = {
        .status = random_.below(2) == 0 ? 500 : 503, .headers = {}, .body = "internal error"};
  } else if (falls_in(rates_.page)) {
    fate.kind = Fate::Kind::kHugePage;
  } else if (falls_in(rates_.cut_before)) {
    fate.kind = Fate::Kind::kCutBefore;
  } else if (falls_in(rates_.cut_after)) {
    fate.kind = Fate::Kind::kCutAfter;
  } else if (falls_in(rates_.cut_inside)) {
    fate.kind = Fate::Kind::kCutInside;
    fate.arrived = static_cast<std::uint32_t>(random_.below(1000));
  }
  if (random_.below(100) < rates_.slow) {
    fate.delay = Duration{static_cast<std::int64_t>(random_.below(20'000))};
  }
  if (const auto planned = planned_.find(drawn_++); planned != planned_.end()) {
    fate.kind = planned->second;
  }
  return fate;
}

void Chaos::disguise(HttpResponse& response) {
  if (random_.below(100) >= rates_.odd) return;
  if (!response.headers.empty()) response.headers.push_back(response.headers.front());
  if (response.body.starts_with('{') || response.body.starts_with('[')) {
    response.body = "\r\n \t" + response.body + "\n\n";
  }
}

}  // namespace a67::fakes
