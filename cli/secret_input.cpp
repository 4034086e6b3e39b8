#include "cli/secret_input.h"

#include <fcntl.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "cli/terminal.h"
#include "engine/native/device_key.h"
#include "engine/native/files.h"

namespace a67::cli {
namespace {

constexpr mode_t kFileMode = 0600;

volatile std::sig_atomic_t interrupted = 0;

extern "C" void note_interrupt(int /*signal*/) { interrupted = 1; }

// What would end the program waits until the terminal is as it was. It comes through only while
// wait() waits, so that none can slip in just before. Stopping it (Ctrl-Z) would leave the shell
// with a terminal that shows nothing, so that is not done meanwhile.
class Signals {
 public:
  Signals() {
    interrupted = 0;
    sigset_t blocked;
    ::sigemptyset(&blocked);
    for (const int signal : kSignals) ::sigaddset(&blocked, signal);
    ::sigprocmask(SIG_BLOCK, &blocked, &mask_);
    struct sigaction noted{};
    noted.sa_handler = note_interrupt;
    struct sigaction ignored{};
    ignored.sa_handler = SIG_IGN;
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
      ::sigaction(kSignals[at], kSignals[at] == SIGTSTP ? &ignored : &noted, &before_[at]);
    }
  }
  ~Signals() {
    for (std::size_t at = 0; at < kSignals.size(); ++at) {
      ::sigaction(kSignals[at], &before_[at], nullptr);
    }
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }
  // Until there is something to read, or a signal came: false.
  [[nodiscard]] bool wait(int file) const {
    while (interrupted == 0) {
      fd_set readable;
      FD_ZERO(&readable);
      FD_SET(file, &readable);
      if (::pselect(file + 1, &readable, nullptr, nullptr, nullptr, &mask_) >= 0) return true;
      if (errno != EINTR) return true;  // read() will say why
    }
    return false;
  }
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
  std::array<struct sigaction, kSignals.size()> before_{};
  sigset_t mask_{};
};

class Silence {
 public:
  Silence() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ICANON | ISIG | ECHONL;
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  [[nodiscard]] bool works() const { return changed_; }

 private:
  termios before_{};
  bool changed_ = false;
};

// A buffer that grows would leave copies behind, so it does not.
class Line {
 public:
  Line() { text_.reserve(kSecretFileBytesMax + 1); }
  ~Line() { wipe(text_.data(), text_.capacity()); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Up to the end of the file, or of a line of a terminal. The count of bytes; negative as read().
  ssize_t read_more(int file) {
    const std::size_t old = text_.size();
    text_.resize(kSecretFileBytesMax + 1);
    const ssize_t count = ::read(file, text_.data() + old, text_.size() - old);
    text_.resize(old + (count > 0 ? static_cast<std::size_t>(count) : 0));
    return count;
  }
  [[nodiscard]] bool too_long() const { return text_.size() > kSecretFileBytesMax; }
  [[nodiscard]] bool ended() const { return text_.ends_with('\n'); }
  [[nodiscard]] Sensitive<std::string> take() const {
    std::string_view text = text_;
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return Sensitive<std::string>(std::string(text));
  }

 private:
  std::string text_;
};

std::unexpected<Error> too_long(std::string_view what) {
  return fail(ErrorCode::kTooLarge, std::string(what) + " has more than " +
                                        std::to_string(kSecretFileBytesMax) + " bytes.");
}

}  // namespace

Result<Sensitive<std::string>> read_secret_file(const std::string& path, std::string_view option) {
  // Without O_NONBLOCK, a pipe would be waited for.
  const native::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno != ENOENT) return std::unexpected(native::file_error("read", path, errno));
    return fail(ErrorCode::kNotFound, "There is no file " + path + ".",
                "Give the path of a file with the secret, of mode 0600.", std::string(option));
  }
  if (auto fine = native::check_private(file.number(), path); !fine) {
    Error error = fine.error();
    error.field = option;
    return std::unexpected(std::move(error));
  }
  Line line;
  for (;;) {
    const ssize_t count = line.read_more(file.number());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(native::file_error("read", path, errno));
    if (line.too_long()) return too_long(path);
    if (count == 0) break;
  }
  auto text = line.take();
  if (text.expose().empty()) {
    return fail(ErrorCode::kInvalidInput, path + " is empty.", "Write the secret into it.",
                std::string(option));
  }
  return text;
}

Result<Sensitive<std::string>> ask_secret(std::string_view question) {
  const Signals signals;
  const Silence silence;
  if (!silence.works()) {
    return fail(ErrorCode::kLocked, "This terminal cannot be kept from showing what is typed.",
                "Give the secret in a file (--passphrase-file).");
  }
  // Once nothing is shown any more: who sees the question may type.
  write_err(question);
  Line line;
  while (!line.ended()) {
    if (!signals.wait(STDIN_FILENO)) {
      write_err("\n");
      return fail(ErrorCode::kCancelled, "Stopped. Nothing was done.");
    }
    const ssize_t count = line.read_more(STDIN_FILENO);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      write_err("\n");
      return fail(ErrorCode::kLocked, "Nothing was typed, so the vault stays locked.");
    }
    if (line.too_long()) return too_long("What was typed");
  }
  return line.take();
}

Result<void> write_secret_file(const std::string& path, std::string_view text) {
  const native::Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!file.valid()) {
    if (errno != EEXIST) return std::unexpected(native::file_error("create", path, errno));
    return fail(ErrorCode::kConflict, "There is a file " + path + " already.",
                "Name another file: this one is not overwritten.", "recovery-out");
  }
  while (!text.empty()) {
    const ssize_t count = ::write(file.number(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(native::file_error("write", path, errno));
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.number()) != 0) {
    return std::unexpected(native::file_error("save", path, errno));
  }
  return native::sync_folder_of(path);
}

}  // namespace a67::cli
