#include "tests/sim/network.h"

#include <utility>

namespace a67::sim {
namespace {

// A transfer that stands still is given up by the system long before the engine's own limit.
constexpr Duration kStallMax{60'000};

std::string path_of(const std::string& url) {
  const auto begin = url.find('/', url.find("://") + 3);
  return url.substr(begin, url.find('?', begin) - begin);
}

std::string bearer_of(const Json& request) {
  constexpr std::string_view kBearer = "Bearer ";
  for (const Json& header : array_at(request, "headers")) {
    const auto value = header[1].get<std::string>();
    if (header[0] == "Authorization" && value.starts_with(kBearer)) {
      return value.substr(kBearer.size());
    }
  }
  return {};
}

}  // namespace

Json effect_error(ErrorCode code, std::string message) {
  return {{"kind", "error"},
          {"error", to_json_error({.code = code, .message = std::move(message)})}};
}

// ---- requests

struct Network::Call final : Exchange {
  NodeRequest request;
  std::string url;
  Answer answer;
  bool open = true;
  bool broken = false;  // an upload that breaks off: the node gets nothing whole

  ~Call() override = default;
  void end(Json message) {
    if (std::exchange(open, false)) answer(std::move(message));
  }
};

std::string Network::authority_of_url(const std::string& url) {
  const auto begin = url.find("://") + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

Network::Place* Network::find(const std::string& url) {
  const auto found = nodes_.find(authority_of_url(url));
  return found == nodes_.end() ? nullptr : &found->second;
}

void Network::cut_off(const FakeNode& node, bool cut) { find(node.setup().url)->cut_off = cut; }

Duration Network::draw_latency() {
  if (dice_.chance(faults_.slow)) return dice_.between(faults_.latency_max, faults_.slow_max);
  return dice_.between(Duration{1}, faults_.latency_max);
}

std::shared_ptr<Network::Exchange> Network::send(const Json& request, Answer answer) {
  auto call = std::make_shared<Call>();
  call->url = string_or(request, "url");
  call->answer = std::move(answer);
  call->request = {.method = string_or(request, "method"),
                   .path = path_of(call->url),
                   .token = bearer_of(request),
                   .body = string_or(request, "body"),
                   .blob = archives_.find(string_or(request, "blob"))};
  // Weak: whoever gives the call up must not be answered.
  const auto later = [&](Duration delay, Json message) {
    timeline_.after(delay, [weak = std::weak_ptr(call), message = std::move(message)]() mutable {
      if (const auto alive = weak.lock()) alive->end(std::move(message));
    });
  };
  const bool upload = request.contains("blob");
  if (upload && call->request.blob == nullptr) {
    later(Duration{1}, effect_error(ErrorCode::kNotFound, "There is no such blob."));
    return call;
  }
  const Duration timeout =
      std::min(Duration(int_or(request, "timeoutMs")), upload ? kStallMax : Duration::max());
  Place* place = find(call->url);
  if (!online_) {
    later(Duration{1}, effect_error(ErrorCode::kOffline, "There is no network."));
    return call;
  }
  const bool cut = place != nullptr && place->cut_off;
  const bool refused = place == nullptr || (!cut && !place->node->up());
  if (refused || (!cut && dice_.chance(faults_.refuse))) {
    later(draw_latency(), effect_error(ErrorCode::kUnreachable, "Nobody listens there."));
    return call;
  }
  later(timeout, effect_error(ErrorCode::kTimeout, "No answer came in time."));
  if (cut || dice_.chance(faults_.lose_request)) return call;

  call->broken = upload && dice_.chance(faults_.half_upload);
  if (upload) {
    const auto total = call->request.blob->bytes.size();
    timeline_.after(Duration{1}, [weak = std::weak_ptr(call), total] {
      const auto alive = weak.lock();
      if (!alive || !alive->open) return;
      alive->answer({{"kind", "chunk"}, {"body", {{"sent", total / 2}, {"total", total}}}});
    });
  }
  const Duration there = draw_latency();
  const bool twice = dice_.chance(faults_.repeat);
  const bool second_answers = twice && dice_.chance(0.2);
  // The request travels on even when its sender gives up: the timeline owns it.
  timeline_.after(there, [this, call, second_answers] { arrive(call, !second_answers); });
  if (twice) {
    timeline_.after(there + draw_latency(),
                    [this, call, second_answers] { arrive(call, second_answers); });
  }
  return call;
}

void Network::arrive(const std::shared_ptr<Call>& call, bool answered) {
  Place* place = find(call->url);
  const auto fail_with = [&](ErrorCode code, std::string message) {
    timeline_.after(draw_latency(), [weak = std::weak_ptr(call), code, message] {
      if (const auto alive = weak.lock()) alive->end(effect_error(code, message));
    });
  };
  if (place->cut_off) return;  // it ends by its timeout
  if (!place->node->up() || call->broken) {
    return fail_with(ErrorCode::kOutcomeUnknown, "The connection broke.");
  }
  NodeReply reply = place->node->handle(call->request);
  if (!answered) return;
  if (dice_.chance(faults_.lose_reply)) {
    if (dice_.chance(0.5)) fail_with(ErrorCode::kOutcomeUnknown, "The connection broke.");
    return;
  }
  timeline_.after(draw_latency(), [this, weak = std::weak_ptr(call), reply = std::move(reply)] {
    const auto alive = weak.lock();
    if (!alive || find(alive->url)->cut_off) return;
    alive->end({{"kind", "result"},
                {"body",
                 {{"status", reply.status},
                  {"headers", Json::array({Json::array({"Content-Type", "application/json"})})},
                  {"body", dump_json(reply.body)}}}});
  });
}

// ---- streams

struct Network::Pipe final : Exchange {
  Network& network;
  std::string url;
  std::string first;
  Answer answer;
  FakeNode* node = nullptr;
  std::int64_t connection = 0;
  bool silent = false;
  bool ended = false;
  Instant last{};  // messages arrive in the order in which they were sent

  explicit Pipe(Network& owner) : network(owner) {}
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() override {
    if (node != nullptr) node->disconnect(connection);
  }
};

std::shared_ptr<Network::Exchange> Network::open(const Json& request, Answer answer) {
  auto pipe = std::make_shared<Pipe>(*this);
  pipe->url = string_or(request, "url");
  pipe->first = string_or(request, "first");
  pipe->answer = std::move(answer);
  timeline_.after(draw_latency(), [this, weak = std::weak_ptr(pipe)] {
    if (const auto alive = weak.lock()) connect(alive);
  });
  return pipe;
}

void Network::connect(const std::shared_ptr<Pipe>& pipe) {
  Place* place = find(pipe->url);
  const bool cut = place != nullptr && place->cut_off;
  if (!online_ || place == nullptr || (!cut && !place->node->up()) ||
      dice_.chance(faults_.refuse)) {
    const ErrorCode code = online_ ? ErrorCode::kUnreachable : ErrorCode::kOffline;
    return pipe->answer(effect_error(code, "No connection."));
  }
  if (cut) {
    constexpr Duration kConnectMax{10'000};
    timeline_.after(kConnectMax, [weak = std::weak_ptr(pipe)] {
      const auto alive = weak.lock();
      if (alive) alive->answer(effect_error(ErrorCode::kTimeout, "No connection in time."));
    });
    return;
  }
  pipe->last = timeline_.now();
  carry(pipe, {{"kind", "chunk"}, {"body", {{"open", true}}}});
  const std::int64_t connection = place->node->connect(
      path_of(pipe->url), pipe->first,
      [this, weak = std::weak_ptr(pipe)](const std::optional<std::string>& text) {
        const auto alive = weak.lock();
        if (!alive) return;
        if (!text) {
          alive->node = nullptr;
          return carry(alive, {{"kind", "result"}, {"body", Json::object()}});
        }
        carry(alive, {{"kind", "chunk"}, {"body", {{"text", *text}}}});
      });
  pipe->connection = connection;
  if (!pipe->ended) pipe->node = place->node;
}

void Network::carry(const std::shared_ptr<Pipe>& pipe, Json message) {
  const Place* place = find(pipe->url);
  if (pipe->ended) return;
  pipe->silent = pipe->silent || place->cut_off || !online_ || dice_.chance(faults_.silence_stream);
  if (pipe->silent) return;
  if (dice_.chance(faults_.drop_stream)) {
    message = {{"kind", "result"}, {"body", Json::object()}};
  }
  if (message["kind"] == "result") pipe->ended = true;
  pipe->last = std::max(pipe->last, timeline_.now() + draw_latency());
  timeline_.after(pipe->last - timeline_.now(),
                  [weak = std::weak_ptr(pipe), message = std::move(message)]() mutable {
                    if (const auto alive = weak.lock()) alive->answer(std::move(message));
                  });
}

}  // namespace a67::sim
