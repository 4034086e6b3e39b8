// Serves a static site on 127.0.0.1:$PORT: what runs as the replica of a static site
// (`automator67-node serve-static`).
//
// A process of its own, like any app: the wrapper's memory and its control thread stay untouched by
// a site's traffic.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "node-wrapper/runtime/static_site.h"

namespace a67 {

inline constexpr std::size_t kSiteConnectionsMax = 1024;

class StaticServer {
 public:
  class Body;  // the inside

  // Port 0 lets the system choose; port() tells.
  static Result<std::unique_ptr<StaticServer>> start(boost::asio::io_context& io, StaticSite site,
                                                     std::uint16_t port);
  ~StaticServer();
  StaticServer(const StaticServer&) = delete;
  StaticServer& operator=(const StaticServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // Takes no new connections and ends idle ones; answers under way are finished.
  void stop();

 private:
  explicit StaticServer(std::shared_ptr<Body> body);
  std::shared_ptr<Body> body_;
};

// `arguments` follow the word `serve-static`: `--root <folder>`. Returns the exit code.
int serve_static_main(const std::vector<std::string>& arguments);

}  // namespace a67
