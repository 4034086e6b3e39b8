// Procfiles, static sites and programs.
#include <array>
#include <utility>

#include "engine/deploy/detectors.h"

namespace a67 {
namespace {

constexpr std::array<std::string_view, 10> kSiteFolders = {
    ".", "dist", "build", "public", "site", "_site", "out", "www", "html", "docs"};
constexpr std::size_t kCommandMax = kCommandLengthMax;

// The command of the line `web: command`; empty when there is none.
std::string_view web_command(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with("web:")) continue;
    line.remove_prefix(4);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  }
  return {};
}

}  // namespace

Finding detect_procfile(const ReleaseFiles& files) {
  const auto text = files.text("Procfile");
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  const std::string_view command = web_command(**text);
  Guess guess;
  if (command.empty() || command.size() > kCommandMax) {
    guess.lacks = command.empty() ? "The Procfile has no line 'web: command'."
                                  : "The command of the Procfile's web: line is longer than " +
                                        std::to_string(kCommandMax) + " bytes.";
    return guess;
  }
  for (const auto find : {detect_node, detect_python}) {
    auto language = find(files);
    if (!language) return language;
    if (!*language) continue;
    guess.detection.build = std::move((*language)->detection.build);
    guess.detection.warnings = std::move((*language)->detection.warnings);
    break;
  }
  guess.detection.runtime = "procfile";
  guess.detection.start = command;
  // Heroku's buildpacks put these on the path, and Procfiles count on it.
  if (guess.detection.build.contains(".venv")) {
    guess.detection.start = "PATH=\"$PWD/.venv/bin:$PATH\"; export PATH; " + guess.detection.start;
  } else if (!guess.detection.build.empty()) {
    guess.detection.start =
        "PATH=\"$PWD/node_modules/.bin:$PATH\"; export PATH; " + guess.detection.start;
  }
  guess.detection.why = "The Procfile has a web: line.";
  return guess;
}

Finding detect_static(const ReleaseFiles& files) {
  for (const std::string_view folder : kSiteFolders) {
    const std::string index = (folder == "." ? "" : std::string(folder) + "/") + "index.html";
    if (!files.has(index)) continue;
    return Guess{.detection = {.runtime = "static",
                               .static_root = std::string(folder),
                               .why = "Static site: " + index + " is there."},
                 .lacks = {}};
  }
  return std::nullopt;
}

Finding detect_binary(const ReleaseFiles& files) {
  std::vector<std::string> programs;
  for (const ReleaseFile& file : files.files()) {
    if (file.elf && !file.path.contains('/') && !file.path.contains(".so")) {
      programs.push_back(file.path);
    }
  }
  if (programs.empty()) return std::nullopt;
  Guess guess;
  guess.detection.runtime = "binary";
  if (programs.size() > 1) {
    guess.lacks = "There are " + std::to_string(programs.size()) + " programs (" + programs[0] +
                  ", " + programs[1] + (programs.size() > 2 ? ", ..." : "") +
                  "), and nothing says which one to start.";
    return guess;
  }
  // Archives made on other systems lose the permission.
  guess.detection.start =
      "chmod +x ./" + shell_word(programs[0]) + " && exec ./" + shell_word(programs[0]);
  guess.detection.why = "A single Linux program: " + programs[0] + ".";
  return guess;
}

}  // namespace a67
