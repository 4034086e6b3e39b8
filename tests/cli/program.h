// The command line as a process in a home folder of its own: on files, on a terminal, or stopped in
// the middle.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace a67::cli::test {

struct Run {
  int exit = -1;  // 1000 and the signal that ended it
  std::string out;
  std::string err;
};

std::string read_all(const std::filesystem::path& path);
void write_private(const std::filesystem::path& path, const std::string& text);

class Program {
 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  [[nodiscard]] Run run(std::vector<std::string> words) const;
  // As run(), but killed when it is about to make its system call number `at` (from 0) of those
  // that change what is stored or told, unless it ended before.
  struct Stopped {
    Run run;
    std::uint64_t changes = 0;      // how many such calls it made
    std::uint64_t answered_at = 0;  // how many of them before it began to answer
    bool killed = false;
  };
  [[nodiscard]] Stopped run_and_kill(std::vector<std::string> words, std::uint64_t at) const;
  // Starts it with these streams, and with a session (and terminal) of its own when asked for. The
  // first word is the program.
  [[nodiscard]] pid_t start(std::vector<std::string> words, int in, int out, int err,
                            bool own_session = false, bool traced = false) const;

  // A script of /bin/sh, with the program as $A67.
  [[nodiscard]] Run run_script(const std::string& script) const;

  void set_env(const std::string& variable) { extra_.push_back(variable); }
  // From now on no file it writes may grow beyond this; 0: any may.
  void limit_files(std::uint64_t bytes) { file_bytes_max_ = bytes; }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return root_ / name; }
  [[nodiscard]] std::filesystem::path data() const { return root_ / ".local/share/automator67"; }
  // Names of the files below the data folder that hold these bytes.
  [[nodiscard]] std::vector<std::string> files_with(const std::string& bytes) const;

 private:
  std::filesystem::path root_;
  [[nodiscard]] Run run_words(std::vector<std::string> words) const;

  std::vector<std::string> extra_;
  std::uint64_t file_bytes_max_ = 0;
};

// The program on a pseudo terminal: what it shows is waited for, then something is typed.
class OnTerminal {
 public:
  OnTerminal(const Program& program, std::vector<std::string> words);
  ~OnTerminal();
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  // Reads until this is shown after what was expected before; where in all() it ends. Fails the
  // test when it never is.
  std::size_t expect(const std::string& shown);
  void type(const std::string& text);
  void signal(int number) const;
  [[nodiscard]] bool echoes() const;
  // To the end of the program: its exit code, as Run::exit.
  int wait();
  // All that was shown.
  [[nodiscard]] const std::string& all() const { return all_; }

 private:
  bool read_more();

  int master_ = -1;
  int slave_ = -1;  // held open, so that its settings can still be looked at
  pid_t child_ = 0;
  bool waited_ = false;
  std::string all_;
  std::size_t seen_ = 0;
};

// Compares with golden/<name>, or writes it when A67_UPDATE_GOLDEN is set.
void check_golden(const std::string& name, const std::string& text);

}  // namespace a67::cli::test
