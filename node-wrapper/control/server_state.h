// What the connections of one control server share: the API, the limits, and who is connected.
//
// Everything happens on the control thread.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/time.h"
#include "node-wrapper/control/control_api.h"

namespace a67 {

struct ControlServerOptions {
  std::size_t connections_max = 128;
  std::size_t uploads_max = 4;  // at the same time
  std::uint32_t head_bytes_max = 16'384;
  Duration head_timeout{10'000};   // of a connection's first request
  Duration idle_timeout{60'000};   // between two requests
  Duration body_timeout{30'000};   // a whole JSON body; of an upload, the time without a byte
  Duration write_timeout{30'000};  // of an answer
  Duration token_timeout{5'000};   // a WebSocket's first message
  Duration status_interval{2'000};
  Duration status_gap{250};  // at most four a second
};

// One open WebSocket that sends what is new.
class Feed {
 public:
  Feed(const boost::asio::any_io_executor& executor, std::int64_t epoch)
      : timer_(executor), epoch_(epoch) {}

  // There is something to send.
  void wake() {
    changed_ = true;
    if (interruptible_) timer_.cancel();
  }
  // The connection is gone, or has to go.
  void end() {
    ended_ = true;
    timer_.cancel();
  }
  void supersede(std::int64_t epoch) {
    if (epoch_ >= epoch) return;
    superseded_ = true;
    end();
  }
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool superseded() const { return superseded_; }
  [[nodiscard]] bool take_changed() { return std::exchange(changed_, false); }
  [[nodiscard]] bool changed() const { return changed_; }
  boost::asio::steady_timer& timer(bool interruptible) {
    interruptible_ = interruptible;
    return timer_;
  }

 private:
  boost::asio::steady_timer timer_;
  std::int64_t epoch_;
  bool interruptible_ = false;
  bool changed_ = false;
  bool ended_ = false;
  bool superseded_ = false;
};

struct ServerState {
  ServerState(ControlApi& control_api, ControlServerOptions server_options)
      : api(control_api), options(server_options) {}

  ControlApi& api;
  const ControlServerOptions options;
  std::size_t uploads = 0;
  bool stopping = false;

  // Every open connection, with what cuts it.
  std::uint64_t add_connection(std::function<void()> cut) {
    connections_.emplace(++last_id_, std::move(cut));
    return last_id_;
  }
  void remove_connection(std::uint64_t id) { connections_.erase(id); }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }
  void cut_all() {
    for (const auto& [id, cut] : std::exchange(connections_, {})) cut();
  }

  void add_feed(const std::shared_ptr<Feed>& feed) {
    std::erase_if(feeds_, [](const auto& weak) { return weak.expired(); });
    feeds_.push_back(feed);
  }
  template <class Action>
  void each_feed(Action action) {
    for (const auto& weak : feeds_) {
      if (const auto feed = weak.lock()) action(*feed);
    }
  }

 private:
  std::map<std::uint64_t, std::function<void()>> connections_;
  std::uint64_t last_id_ = 0;
  std::vector<std::weak_ptr<Feed>> feeds_;
};

}  // namespace a67
