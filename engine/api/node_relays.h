// NodeRelays lets claimed nodes carry requests to providers: each is wrapped into an order that is
// good once, for that node and that request, and what went wrong is told of the hop it went wrong
// at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/api/controller.h"
#include "engine/providers/transport.h"

namespace a67 {

class NodeRelays final : public Relays {
 public:
  // REQUIRES: what is given outlives this. The controller comes later than the accounts, and is
  // there whenever a command runs.
  explicit NodeRelays(const std::unique_ptr<Controller>& controller) : controller_(controller) {}

  [[nodiscard]] std::vector<Node> nodes() const override;
  Task<Result<HttpResponse>> send(std::string node, std::string provider,
                                  HttpRequest request) override;
  Task<Result<HttpResponse>> send_via(std::string origin, std::string provider,
                                      HttpRequest request) override;

 private:
  [[nodiscard]] OrderContext order_for(const NodeRecord& node) const;

  const std::unique_ptr<Controller>& controller_;
};

}  // namespace a67
