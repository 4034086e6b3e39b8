// Listener: a listening socket whose clients go to the Core.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "node-wrapper/gateway/event_loop.h"

namespace a67::gateway {

class Core;

class Listener final : public EventLoop::Watcher {
 public:
  static Result<std::unique_ptr<Listener>> open(Core& core, const std::string& host,
                                                std::uint16_t port);
  Listener(Core& core, int descriptor);
  ~Listener() override;

  [[nodiscard]] std::uint16_t port() const;

  void on_events(std::uint32_t events) override;
  void on_sweep(Instant now) override;
  void on_wake() override;

 private:
  void accept_some();

  Core& core_;
  int descriptor_;
  Ticket ticket_;
  bool more_waiting_ = false;  // clients wait that could not be taken: no descriptor was free
};

}  // namespace a67::gateway
