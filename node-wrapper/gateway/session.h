// Session: one client connection, its requests one after the other.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "engine/base/task.h"
#include "node-wrapper/gateway/background.h"
#include "node-wrapper/gateway/block.h"
#include "node-wrapper/gateway/core.h"
#include "node-wrapper/gateway/error_page.h"
#include "node-wrapper/gateway/exchange.h"
#include "node-wrapper/gateway/stream.h"

namespace a67::gateway {

class Session {
 public:
  // `overflow`: one connection too many; it is only told so.
  Session(Core& core, std::unique_ptr<Stream> client, std::string client_address, bool overflow);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();

  void start() { main_.start(run()); }
  // Draining: ends at once when it waits for a request.
  void close_if_idle();
  void cancel() { client_->cancel(); }

  [[nodiscard]] Stream& client() { return *client_; }
  [[nodiscard]] Window& input() { return input_; }
  [[nodiscard]] const std::string& client_address() const { return client_address_; }

  // Where this session stands in Core's list.
  std::list<std::shared_ptr<Session>>::iterator place;

 private:
  Task<void> run();
  // True when a head is there; otherwise the client was told why not, or is gone.
  Task<bool> read_head(Exchange* exchange);
  Task<bool> serve_one();
  // Lets the client read our last answer although it is still sending: closing now could destroy
  // it.
  Task<void> linger();

  Core& core_;
  std::unique_ptr<Stream> client_;
  std::string client_address_;
  bool overflow_;
  bool served_any_ = false;
  Window input_;
  std::unique_ptr<Exchange> exchange_;
  bool idle_ = false;
  bool unread_input_ = false;
  Background main_;  // last: its frames use all of the above
};

}  // namespace a67::gateway
