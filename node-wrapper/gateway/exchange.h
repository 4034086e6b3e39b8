// Exchange: one request and its answer, over as many replicas as it takes (two at most).
//
// It decides what may be sent again (docs/gateway.md, "Retries"), and never holds more of a body
// than two blocks, or a small answer that is read whole so that a replica that dies halfway can
// still be replaced.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/task.h"
#include "node-wrapper/gateway/background.h"
#include "node-wrapper/gateway/block.h"
#include "node-wrapper/gateway/core.h"
#include "node-wrapper/gateway/error_page.h"
#include "node-wrapper/gateway/forward_head.h"
#include "node-wrapper/gateway/http_body.h"
#include "node-wrapper/gateway/http_head.h"

namespace a67::gateway {

class Exchange {
 public:
  explicit Exchange(Core& core);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange();

  // Makes it ready for a request of that session.
  void begin(Session& session);
  // Forgets everything but its buffers.
  void end();

  // Answers the request whose head is complete and at the front of the session's input. True when
  // the connection can serve another request.
  Task<bool> serve();
  // Answers with a problem of our own; the connection closes when the request's body was not read.
  Task<bool> answer_problem(Problem problem, std::string_view mesh_reason);

  RequestHead request;
  // True when bytes of the request may still be on their way to us although we are done.
  bool unread_input = false;

 private:
  enum class Verdict : std::uint8_t {
    kServed,      // the answer is on its way to the client, complete
    kBroken,      // the answer began and cannot be completed: the client connection must go
    kClientGone,  // nobody waits for an answer
    kRefused,     // the request itself is at fault; `reject` says how
    kFailed,      // no usable answer, and nothing was sent to the client
  };
  struct Failure {
    std::string_view reason;
    // Nothing of the request was carried out for sure: sending it again can do no harm.
    bool nothing_done = false;
    bool timeout = false;
    bool stale = false;  // a kept connection ended before any byte of an answer
    bool node_unreachable = false;
    std::string_view mesh_reason;
  };
  struct Attempt {
    Verdict verdict = Verdict::kFailed;
    Failure failure;
    bool keep_alive = false;
  };

  // routing of the request
  Task<bool> route_by_prefix();
  Task<bool> answer_redirect();
  Task<bool> answer_reject();
  [[nodiscard]] bool accept_hop() const;
  Task<bool> answer_hop();
  void start_body();
  [[nodiscard]] Reject too_large(std::uint64_t body_bytes) const;  // status 0 when it is not
  [[nodiscard]] bool can_keep_alive() const;
  void count_answer(int status);

  // forwarding (exchange_forward.cpp)
  Task<bool> forward();
  Task<Attempt> attempt();
  Task<Attempt> converse();
  // Nothing when there is an answer to send on.
  Task<std::optional<Attempt>> read_response_head();
  std::optional<Attempt> judge_answer();
  [[nodiscard]] Attempt no_answer(IoError error) const;
  [[nodiscard]] Failure failure_of(IoError error) const;
  [[nodiscard]] bool may_try_again(const Failure& failure) const;
  void compose_request();
  Task<bool> conclude(Attempt outcome);
  Task<bool> answer_failure();
  void finish_connection();
  void drop_upstream();

  // bodies (exchange_relay.cpp)
  Task<void> upload();
  Task<bool> upload_some();
  Task<bool> forward_interim();
  Task<Attempt> relay_response();
  Task<bool> hold_response();
  Task<Verdict> stream_response(bool chunked);
  Task<bool> send_to_client(std::string_view payload, bool chunked);
  Task<IoResult> read_upstream();

  // upgraded connections (exchange_tunnel.cpp)
  Task<Attempt> tunnel();
  Task<void> pump_to_upstream();
  Task<void> pump(Stream* from, Stream* to, Window* window);

  Core& core_;
  Session* session_ = nullptr;
  std::shared_ptr<AppRoute> app_;
  std::shared_ptr<ReplicaState> only_;  // a peer asked for this one
  std::shared_ptr<ReplicaState> replica_;
  std::unique_ptr<Stream> upstream_;
  bool reused_ = false;
  bool from_mesh_ = false;

  std::string request_id_;
  std::string_view target_;
  std::string prefix_;
  BodyReader request_body_;
  std::string_view first_payload_;  // of the request body, already in the session's input
  bool body_consumed_ = false;      // more than that was read: it cannot be sent again
  Reject reject_;
  bool client_failed_ = false;
  bool upload_broken_ = false;

  ResponseHead response_;
  BodyReader response_body_;
  Window from_upstream_;
  Window upload_buffer_;
  std::string out_;   // heads being written
  std::string held_;  // a small answer being read whole
  std::vector<Tried> tried_;
  Failure last_failure_;
  std::optional<Duration> kept_for_;  // as the replica promised
  std::int64_t started_us_ = 0;
  std::int64_t sent_us_ = 0;
  Instant last_activity_{};
  Background uploader_;
};

}  // namespace a67::gateway
