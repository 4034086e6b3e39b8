// Site is what a control server gives to everybody, besides its API: the page of the sync server.
#pragma once

#include "node-wrapper/control/control_request.h"

namespace a67 {

class Site {
 public:
  virtual ~Site() = default;
  // The answer to a request for no path of the API. Called on the control thread; returns at once.
  [[nodiscard]] virtual ControlAnswer answer(const ControlHead& head) const = 0;
};

}  // namespace a67
