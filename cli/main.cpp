#include <sys/stat.h>

#include <csignal>
#include <string_view>
#include <vector>

#include "cli/program.h"

int main(int argc, char** argv) {
  // What is kept is its owner's alone.
  ::umask(S_IRWXG | S_IRWXO);
  // A reader that went away is noticed where it is written to.
  std::signal(SIGPIPE, SIG_IGN);
  // A file that may not grow any more is a full disk, not the end.
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  return a67::cli::run_program(words);
}
