#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "cli/text.h"

namespace a67::cli {
namespace {

constexpr std::size_t kColumnsMin = 40;
constexpr int kPipeExit = 141;  // what a shell reports for a program that a closed pipe ended

std::string_view environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the program has one thread when it looks
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

std::size_t find_columns(std::size_t fallback) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return std::max<std::size_t>(size.ws_col, kColumnsMin);
  }
  const int given = std::atoi(std::string(environment("COLUMNS")).c_str());
  return given > 0 ? std::max(static_cast<std::size_t>(given), kColumnsMin) : fallback;
}

void write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) std::_Exit(errno == EPIPE ? kPipeExit : EXIT_FAILURE);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

Terminal Terminal::find(bool no_color) {
  Terminal terminal;
  terminal.out_is_tty = ::isatty(STDOUT_FILENO) == 1;
  terminal.err_is_tty = ::isatty(STDERR_FILENO) == 1;
  terminal.in_is_tty = ::isatty(STDIN_FILENO) == 1;
  terminal.color = terminal.out_is_tty && !no_color && environment("NO_COLOR").empty() &&
                   environment("TERM") != "dumb";
  terminal.columns = find_columns(terminal.columns);
  return terminal;
}

std::string toned(std::string_view text, Tone tone, bool color) {
  constexpr std::array<std::string_view, 6> kCodes = {"", "32", "33", "31", "2", "1"};
  const std::string_view code = kCodes[static_cast<std::size_t>(tone)];
  if (!color || code.empty()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

Tone tone_of_state(std::string_view state) {
  constexpr std::array<std::string_view, 5> kGood = {"awake", "running", "ready", "done", "active"};
  constexpr std::array<std::string_view, 6> kBad = {"dead",        "failed",    "lost",
                                                    "rolled-back", "unhealthy", "superseded"};
  constexpr std::array<std::string_view, 4> kFaint = {"stopped", "asleep", "paused", "stopping"};
  const auto has = [state](const auto& states) {
    return std::ranges::find(states, state) != states.end();
  };
  if (has(kGood)) return Tone::kGood;
  if (has(kBad)) return Tone::kBad;
  if (has(kFaint)) return Tone::kFaint;
  return Tone::kWarning;
}

void write_out(std::string_view text) { write_all(STDOUT_FILENO, text); }
void write_err(std::string_view text) { write_all(STDERR_FILENO, text); }

bool ask(std::string_view question) {
  write_err(std::string(question) + " [y/N] ");
  std::array<char, 64> answer{};
  if (std::fgets(answer.data(), answer.size(), stdin) == nullptr) return false;
  const std::string_view word = trim(answer.data());
  return word == "y" || word == "Y" || word == "yes";
}

}  // namespace a67::cli
