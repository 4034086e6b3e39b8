// FailureDetector decides for one node whether it is awake, suspect or dead, and when to probe it
// next.
//
// A pure state machine: it is told what was heard and what failed, and when; it never waits or
// sends. It only ever declares death as the answer to a failed probe, so an engine that was not
// running cannot bury anyone.
//
// A node is watched while its event stream is open, and until it is heard otherwise after that
// stream closed. A stream speaks every 2 s, so its silence means something. How long until a silent
// node is dead:
//   watched, stream closed    probes at once, then after 0.5, 1, 2, 2 ... s; dead from 5 s on (5.5
//   s when
//                             connections are refused, 9 s when probes hang)
//   watched, stream silent    probes after 6 s of silence; dead from 7.5 s on, 15 s when probes
//   hang not watched               probes after one heartbeat, then every third of one; dead after
//   two to three
// and always at least 3 failed probes. One failed probe makes it suspect; one word makes it awake
// again.
//
// While we are offline, failures are our own: nothing changes, and after coming back the count
// starts anew. The same holds for an engine that did not run (a frozen tab, a closed laptop): a
// probe that is sent much later than asked for cuts the silence counted so far.
//
// A node that says it sleeps or is paused is left alone: probing it would wake it, and its silence
// is no news.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/time.h"

namespace a67 {

enum class NodeState : std::uint8_t { kAwake, kAsleep, kPaused, kThrottled, kSuspect, kDead };
std::string_view to_string(NodeState state);  // the contract's names

// `kRefused`: a machine answered that nobody listens; the others do not show where the fault is.
enum class ProbeFailure : std::uint8_t { kRefused, kTimeout, kOther };

// Whose fault silence is taken to be.
enum class Verdict : std::uint8_t { kNode, kOwnNetwork };

class FailureDetector {
 public:
  struct Options {
    Duration heartbeat{30'000};  // between probes of a node that is not watched
    Duration probe_timeout{2'500};
    Duration stream_silence_max{6'000};  // three times the interval at which a stream speaks
    Duration watched_silence_min{5'000};
    Duration dead_probe_interval_max{10'000};
    int failures_before_dead = 3;
  };

  // What an input did.
  struct Step {
    NodeState before = NodeState::kAwake;
    NodeState after = NodeState::kAwake;
    [[nodiscard]] bool changed() const { return before != after; }
    [[nodiscard]] bool died() const { return changed() && after == NodeState::kDead; }
    [[nodiscard]] bool returned() const { return changed() && before == NodeState::kDead; }
  };

  // A node is looked at at once. Until then it counts as what it was last known to be.
  // REQUIRES, here and below: `now` never goes backwards.
  FailureDetector(const Options& options, Instant now, NodeState known = NodeState::kAwake);

  // Any word from the node, an answer to a probe or a refusal included. `says` is what it says of
  // itself: awake, asleep, paused or throttled.
  Step heard(Instant now, NodeState says = NodeState::kAwake);
  Step stream_opened(Instant now);  // counts as a word
  Step stream_closed(Instant now);

  // A probe, or any other request the node should have answered (an order, opening the stream),
  // failed. What was sent before the last word from the node proves nothing and is ignored. With
  // `kOwnNetwork` (see judge()) nobody is declared dead.
  Step probe_failed(ProbeFailure failure, Instant sent, Instant now,
                    Verdict verdict = Verdict::kNode);

  // Our own network went or came back.
  void set_online(bool online, Instant now);
  void set_heartbeat(Duration heartbeat);

  // When to send the next probe; nothing while we are offline, and for nodes that sleep. Stays the
  // same until the probe is reported by heard() or probe_failed(): one probe at a time.
  [[nodiscard]] std::optional<Instant> next_probe() const;
  // Give a probe up, and report it, after this: the times promised above count on it.
  [[nodiscard]] Duration probe_timeout() const { return options_.probe_timeout; }

  [[nodiscard]] NodeState state() const { return state_; }
  [[nodiscard]] Instant since() const { return since_; }  // of the last change of state
  [[nodiscard]] Instant last_heard() const { return last_heard_; }
  [[nodiscard]] bool stream_open() const { return stream_open_; }

 private:
  friend Verdict judge(std::span<const FailureDetector* const> fleet);

  Step enter(NodeState state, Instant now);
  void count_silence(Instant sent, Instant now);
  void forget_failures(Instant now);
  [[nodiscard]] Duration silence_min() const;
  [[nodiscard]] Duration retry_delay() const;
  [[nodiscard]] bool expects_words() const;

  Options options_;
  NodeState state_;
  Instant since_;
  Instant last_heard_;
  Instant trusted_since_;  // older requests prove nothing
  Instant next_probe_;
  Instant counted_until_;
  Duration silence_{0};  // that we were awake and online to notice
  int failures_ = 0;     // in a row
  int dead_probes_ = 0;
  bool refused_ = false;  // a failure in a row was kRefused
  bool watched_ = true;
  bool stream_open_ = false;
  bool online_ = true;
};

// Looks at the whole fleet. When two or more nodes should be awake and every one of them fails at
// the moment, without a refusal (which proves that the network works), the common cause is likely
// on our side, and nobody should be declared dead. This ends when any node is heard, or after
// kOwnNetworkDoubtMax of silence: then there is nowhere to move replicas to anyway, and a person
// should see what we know.
inline constexpr Duration kOwnNetworkDoubtMax{60'000};
Verdict judge(std::span<const FailureDetector* const> fleet);

}  // namespace a67
