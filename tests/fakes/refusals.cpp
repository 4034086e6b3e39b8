#include "tests/fakes/refusals.h"

#include "tests/fakes/refusals_text.h"

namespace a67::fakes {

const Json& known_refusals() {
  static const Json kKnown = Json::parse(kRefusalsText);
  return kKnown;
}

}  // namespace a67::fakes
