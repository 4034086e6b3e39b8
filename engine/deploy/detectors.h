// The parts of detect(): one detector per kind of app. Each says what it found, or nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/deploy/detect.h"

namespace a67 {

// What a detector found. `lacks` says what is missing to run it; empty: nothing.
struct Guess {
  Detection detection;
  std::string lacks;
};

using Finding = Result<std::optional<Guess>>;

Finding detect_procfile(const ReleaseFiles& files);
Finding detect_node(const ReleaseFiles& files);
Finding detect_python(const ReleaseFiles& files);
Finding detect_static(const ReleaseFiles& files);
Finding detect_binary(const ReleaseFiles& files);

// A word for /bin/sh: in quotes unless it is plain.
std::string shell_word(std::string_view text);

}  // namespace a67
