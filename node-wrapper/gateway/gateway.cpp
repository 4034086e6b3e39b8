#include "node-wrapper/gateway/gateway.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "node-wrapper/gateway/core.h"

namespace a67::gateway {

Gateway::Gateway(boost::asio::io_context& context, Options options)
    : core_(std::make_shared<Core>(context, options)) {}

Gateway::~Gateway() = default;

Result<std::uint16_t> Gateway::listen(const std::string& host, std::uint16_t port) {
  return core_->listen(host, port);
}

void Gateway::set_routes(RouteTable routes) {
  boost::asio::post(core_->context,
                    [weak = std::weak_ptr(core_), table = std::move(routes)]() mutable {
                      if (const auto core = weak.lock()) core->routing.replace(std::move(table));
                    });
}

void Gateway::set_control(std::string prefix, std::uint16_t port) {
  boost::asio::post(core_->context,
                    [weak = std::weak_ptr(core_), prefix = std::move(prefix), port]() mutable {
                      if (const auto core = weak.lock()) {
                        core->routing.set_control(std::move(prefix), port);
                      }
                    });
}

void Gateway::set_own_load(double cpu_percent, double memory_percent) {
  boost::asio::post(core_->context, [weak = std::weak_ptr(core_), cpu_percent, memory_percent] {
    if (const auto core = weak.lock()) {
      core->set_own_load({.cpu_percent = cpu_percent, .memory_percent = memory_percent});
    }
  });
}

GatewayStats Gateway::stats() const { return core_->stats(); }

void Gateway::stop(Duration drain) {
  boost::asio::post(core_->context, [weak = std::weak_ptr(core_), drain] {
    if (const auto core = weak.lock()) core->stop(drain);
  });
}

}  // namespace a67::gateway
