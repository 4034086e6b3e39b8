// Faults: what goes wrong in a simulated world, and how often. Chances are per occasion, 0..1.
#pragma once

#include "engine/base/time.h"
#include "tests/sim/dice.h"

namespace a67::sim {

struct Faults {
  // The network between the engine and the nodes.
  Duration latency_max{20};
  double slow = 0;  // takes up to slow_max instead
  Duration slow_max{0};
  double refuse = 0;          // never left
  double lose_request = 0;    // never arrived, and nobody says so
  double lose_reply = 0;      // carried out, and nobody says so
  double repeat = 0;          // arrives twice
  double half_upload = 0;     // an archive breaks off
  double drop_stream = 0;     // per message
  double silence_stream = 0;  // per message: nothing more comes, and nobody says so
  // The device.
  double save_fails = 0;
  // The nodes.
  double replica_fails = 0;          // a start that should succeed does not
  double replica_dies = 0;           // a ready replica dies within a minute
  Duration replica_time_max{1'000};  // of each step of a start

  // Nothing fails; the network is slow at most.
  static Faults calm(Dice& dice) {
    Faults faults;
    faults.latency_max = dice.between(Duration{2}, Duration{120});
    faults.slow = 0.1;
    faults.slow_max = Duration{300};
    faults.replica_time_max = dice.between(Duration{200}, Duration{4'000});
    return faults;
  }

  static Faults draw(Dice& dice) {
    // Most faults are off in most worlds, so that each is also seen alone.
    const auto maybe = [&dice](double share_max) {
      if (dice.chance(0.5)) return 0.0;
      return share_max * static_cast<double>(dice.below(1000)) / 1000.0;
    };
    Faults faults;
    faults.latency_max = dice.between(Duration{2}, Duration{200});
    faults.slow = maybe(0.2);
    faults.slow_max = dice.between(Duration{500}, Duration{15'000});
    faults.refuse = maybe(0.3);
    faults.lose_request = maybe(0.2);
    faults.lose_reply = maybe(0.3);
    faults.repeat = maybe(0.2);
    faults.half_upload = maybe(0.6);
    faults.drop_stream = maybe(0.1);
    faults.silence_stream = maybe(0.05);
    faults.save_fails = maybe(0.2);
    faults.replica_fails = maybe(0.2);
    faults.replica_dies = maybe(0.4);
    faults.replica_time_max = dice.between(Duration{200}, Duration{6'000});
    return faults;
  }
};

}  // namespace a67::sim
