// The conformance list: what every provider must do, one check for each operation it declares. The
// same list for all of them, run against each adapter and its fake; scripts/live-check runs the
// read-only part against a real account.
#pragma once

#include <string>
#include <vector>

#include "engine/base/json.h"
#include "tests/fakes/fake_cloud.h"

namespace a67::conformance {

struct Finding {
  std::string operation;
  std::string check;  // a sentence that is true when it holds
  std::string fault;  // empty: it holds
};

// Runs the whole list. The exchanges of the cloud are the record of what was said.
std::vector<Finding> check_conformance(fakes::FakeCloud& cloud);

}  // namespace a67::conformance
