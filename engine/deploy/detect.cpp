#include "engine/deploy/detect.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/deploy/detectors.h"

namespace a67 {
namespace {

constexpr std::string_view kAuto = "auto";
constexpr std::size_t kNamesShownMax = 6;

struct Detector {
  std::string_view runtime;
  Finding (*find)(const ReleaseFiles&);
  std::string_view looked_for;
};

// In the order of preference.
constexpr std::array<Detector, 5> kDetectors = {{
    {"procfile", detect_procfile, "a Procfile with a web: line"},
    {"node", detect_node, "a package.json with a start script or a main file"},
    {"python", detect_python, "a requirements.txt, pyproject.toml, main.py or app.py"},
    {"static", detect_static, "an index.html"},
    {"binary", detect_binary, "a single Linux program"},
}};

constexpr std::string_view kHint =
    "Add a file automator67.yaml that says it, for example 'start: node server.js' (a command that "
    "serves on $PORT) "
    "or 'static: public' (a folder with index.html).";

std::string names_of(const ReleaseFiles& files) {
  std::string names;
  const std::size_t count = files.files().size();
  for (std::size_t i = 0; i < std::min(count, kNamesShownMax); ++i) {
    if (i > 0) names += ", ";
    names += files.files()[i].path;
  }
  if (count > kNamesShownMax) names += ", ...";
  return names;
}

std::unexpected<Error> unknown_runtime(const ReleaseFiles& files, const std::string& lacks) {
  if (files.files().empty()) {
    return fail(ErrorCode::kUnknownRuntime, "The release is empty.",
                "Deploy the folder your app is in.");
  }
  if (!lacks.empty()) return fail(ErrorCode::kUnknownRuntime, lacks, std::string(kHint));
  std::string message = "Nothing in the release says how to run it. Looked at the top for";
  for (std::size_t i = 0; i < kDetectors.size(); ++i) {
    message += i == 0 ? " " : i + 1 < kDetectors.size() ? ", " : " and ";
    message += kDetectors[i].looked_for;
  }
  message +=
      "; there are " + std::to_string(files.files().size()) + " files (" + names_of(files) + ").";
  return fail(ErrorCode::kUnknownRuntime, std::move(message), std::string(kHint));
}

const Detector* find_detector(std::string_view runtime) {
  const auto found = std::ranges::find(kDetectors, runtime, &Detector::runtime);
  return found == kDetectors.end() ? nullptr : &*found;
}

// The first complete guess; else the first incomplete one.
Finding first_guess(const ReleaseFiles& files) {
  std::optional<Guess> incomplete;
  for (const Detector& detector : kDetectors) {
    auto guess = detector.find(files);
    if (!guess) return guess;
    if (!*guess) continue;
    if ((*guess)->lacks.empty()) return guess;
    if (!incomplete) incomplete = std::move(**guess);
  }
  return incomplete;
}

// The build of the language that the release is written in, for a start command that is not its
// own.
Finding language_of(const ReleaseFiles& files) {
  for (const auto find : {detect_node, detect_python}) {
    auto guess = find(files);
    if (!guess || *guess) return guess;
  }
  return std::nullopt;
}

Result<Detection> detect_chosen_static(const ReleaseFiles& files, const RunChoice& choice) {
  Detection detection{
      .runtime = "static",
      .static_root = choice.static_root,
      .why = "A static site from the folder '" + choice.static_root + "', as asked for."};
  if (files.has_folder(choice.static_root) || !choice.build.empty()) return detection;
  // Not there yet: the build must write it.
  auto node = detect_node(files);
  if (!node) return std::unexpected(node.error());
  if (*node && !(*node)->detection.build.empty()) {
    detection.build = (*node)->detection.build;
    detection.warnings = (*node)->detection.warnings;
    return detection;
  }
  return fail(
      ErrorCode::kInvalidInput,
      "The release has no folder '" + choice.static_root +
          "' to serve as a static site, and nothing builds it.",
      "Name a folder of the release under 'static', or the command that makes it under 'build'.",
      "static");
}

Result<Detection> detect_chosen_start(const ReleaseFiles& files, const RunChoice& choice,
                                      bool any_runtime) {
  Detection detection{.runtime = any_runtime ? "procfile" : choice.runtime,
                      .start = choice.start,
                      .why = "Started with its own command, as asked for."};
  if (detection.runtime == "static") {
    return fail(ErrorCode::kInvalidInput, "A static site has no start command.",
                "Leave out 'start', or choose another 'runtime'.", "start");
  }
  auto language = language_of(files);
  // A broken package.json is no obstacle for who says everything in their own words.
  if (!language && choice.build.empty()) return std::unexpected(language.error());
  if (!language || !*language) return detection;
  Detection& found = (*language)->detection;
  if (any_runtime || detection.runtime == found.runtime) {
    detection.runtime = found.runtime == "static" ? "node" : found.runtime;
    detection.build = found.build;
    detection.warnings = std::move(found.warnings);
  }
  return detection;
}

Result<Detection> detect_rest(const ReleaseFiles& files, const RunChoice& choice,
                              bool any_runtime) {
  const Detector* detector = find_detector(choice.runtime);
  if (!any_runtime && detector == nullptr) {
    return fail(ErrorCode::kInvalidInput, "There is no runtime '" + choice.runtime + "'.",
                "Use one of: auto, node, python, procfile, static, binary.", "runtime");
  }
  auto guess = any_runtime ? first_guess(files) : detector->find(files);
  if (!guess) return std::unexpected(guess.error());
  if (*guess && (*guess)->lacks.empty()) return std::move((*guess)->detection);
  if (any_runtime) return unknown_runtime(files, *guess ? (*guess)->lacks : "");
  const std::string missing = *guess ? (*guess)->lacks
                                     : "The release has not what the runtime " + choice.runtime +
                                           " needs: " + std::string(detector->looked_for) + ".";
  return fail(ErrorCode::kUnknownRuntime, missing, std::string(kHint), "runtime");
}

}  // namespace

RunChoice choice_of(const Manifest& manifest) {
  return {.runtime = manifest.runtime.value_or(""),
          .build = manifest.build.value_or(""),
          .start = manifest.start.value_or(""),
          .static_root = manifest.static_root.value_or("")};
}

RunChoice choice_of(const ReplicaSpec& spec) {
  return {.runtime = spec.runtime,
          .build = spec.build,
          .start = spec.start,
          .static_root = spec.static_root};
}

Result<Detection> detect(const ReleaseFiles& files, const RunChoice& choice) {
  const bool any_runtime = choice.runtime.empty() || choice.runtime == kAuto;
  const bool wants_static =
      !choice.static_root.empty() && (any_runtime || choice.runtime == "static");
  if (wants_static && !choice.start.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "Both 'static' and 'start' are given; a static site has no start command.",
                "Leave one of them out.", "start");
  }
  auto detection = wants_static            ? detect_chosen_static(files, choice)
                   : !choice.start.empty() ? detect_chosen_start(files, choice, any_runtime)
                                           : detect_rest(files, choice, any_runtime);
  if (!detection) return detection;
  if (!choice.build.empty()) detection->build = choice.build;
  detection->folder = files.folder();
  return detection;
}

std::string shell_word(std::string_view text) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./").contains(c);
  };
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace a67
