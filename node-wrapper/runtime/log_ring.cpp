#include "node-wrapper/runtime/log_ring.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace a67 {
namespace {

constexpr std::string_view kLetters = "oebs";  // in the order of LogStream
constexpr std::size_t kBlockBytes = 65'536;

// The last `bytes_max` bytes of a file, starting at a line's beginning.
std::string read_end(const std::string& path, std::size_t bytes_max, bool* whole) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat facts{};
  *whole = true;
  if (!file.is_open() || ::fstat(file.get(), &facts) != 0) return {};
  const auto size = static_cast<std::size_t>(facts.st_size);
  const std::size_t from = size > bytes_max ? size - bytes_max : 0;
  *whole = from == 0;
  std::string text(size - from, '\0');
  const ssize_t count = ::pread(file.get(), text.data(), text.size(), static_cast<off_t>(from));
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  if (from > 0) text.erase(0, std::min(text.find('\n') + 1, text.size()));
  return text;
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// Enough of a file's end to hold `lines_max` lines, reading ever larger ends.
std::string read_last_lines(const std::string& path, std::size_t lines_max, std::size_t bytes_max) {
  for (std::size_t bytes = std::min(kBlockBytes, bytes_max);;
       bytes = std::min(bytes * 4, bytes_max)) {
    bool whole = false;
    std::string text = read_end(path, bytes, &whole);
    if (whole || bytes >= bytes_max || count_lines(text) >= lines_max) return text;
  }
}

std::size_t next_line(std::string_view text, std::size_t from) {
  return std::min(text.find('\n', from), text.size());
}

}  // namespace

std::string_view to_string(LogStream stream) {
  constexpr std::array<std::string_view, 4> kNames = {"stdout", "stderr", "build", "system"};
  return kNames.at(static_cast<std::size_t>(stream));
}

bool parse_log_line(std::string_view text, LogLine& line) {
  const char* at = text.data();
  const char* end = text.data() + text.size();
  const auto [seq_end, seq_error] = std::from_chars(at, end, line.seq);
  if (seq_error != std::errc() || seq_end == end || *seq_end != ' ') return false;
  const auto [at_end, at_error] = std::from_chars(seq_end + 1, end, line.at);
  if (at_error != std::errc() || end - at_end < 3 || at_end[0] != ' ' || at_end[2] != ' ') {
    return false;
  }
  const std::size_t stream = kLetters.find(at_end[1]);
  if (stream == std::string_view::npos) return false;
  line.stream = to_string(static_cast<LogStream>(stream));
  line.text.assign(at_end + 3, end);
  return true;
}

LogRing::LogRing(std::string folder, ReplicaId replica, Options options)
    : folder_(std::move(folder)), replica_(std::move(replica)), options_(options) {
  if (!make_folders(folder_)) return;
  open_current();
  const std::vector<LogLine> newest = tail(1);
  if (!newest.empty()) last_seq_ = newest.back().seq;
}

void LogRing::open_current() {
  const std::string path = folder_ + "/current.log";
  current_.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  current_bytes_ = 0;
  struct stat facts{};
  if (!current_.is_open() || ::fstat(current_.get(), &facts) != 0) return;
  current_bytes_ = static_cast<std::uint64_t>(facts.st_size);
  // A wrapper that was killed while it wrote may have left half a line.
  bool whole = false;
  const std::string end = read_end(path, kLogLineBytesMax + 64, &whole);
  if (end.empty() || end.back() == '\n') return;
  const std::size_t kept = end.rfind('\n') == std::string::npos ? 0 : end.rfind('\n') + 1;
  current_bytes_ -= end.size() - kept;
  if (::ftruncate(current_.get(), static_cast<off_t>(current_bytes_)) != 0) current_.reset();
}

void LogRing::turn() {
  const std::string current = folder_ + "/current.log";
  const std::string previous = folder_ + "/previous.log";
  current_.reset();
  if (::rename(current.c_str(), previous.c_str()) != 0) ::unlink(current.c_str());
  open_current();
}

std::vector<LogLine> LogRing::append(LogStream stream, std::span<const std::string> lines,
                                     UnixMs now) {
  std::vector<LogLine> added;
  added.reserve(lines.size());
  std::string text;
  for (const std::string& line : lines) {
    added.push_back({.replica = replica_,
                     .seq = ++last_seq_,
                     .at = now,
                     .stream = std::string(to_string(stream)),
                     .text = line});
    text += std::to_string(last_seq_);
    text += ' ';
    text += std::to_string(now);
    text += ' ';
    text += kLetters[static_cast<std::size_t>(stream)];
    text += ' ';
    text += line;
    text += '\n';
  }
  if (current_.is_open() && current_bytes_ + text.size() > options_.segment_bytes_max) turn();
  if (current_.is_open() && write_all(current_.get(), text, "log")) current_bytes_ += text.size();
  return added;
}

std::vector<LogLine> LogRing::tail(std::size_t lines_max) const {
  if (lines_max == 0) return {};
  std::string text = read_last_lines(folder_ + "/current.log", lines_max, options_.tail_bytes_max);
  const std::size_t have = count_lines(text);
  if (have < lines_max && text.size() < options_.tail_bytes_max) {
    text.insert(0, read_last_lines(folder_ + "/previous.log", lines_max - have,
                                   options_.tail_bytes_max - text.size()));
  }
  const std::size_t total = count_lines(text);
  std::size_t skip = total > lines_max ? total - lines_max : 0;
  std::vector<LogLine> lines;
  lines.reserve(total - skip);
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = next_line(text, from);
    LogLine line{.replica = replica_, .stream = {}, .text = {}};
    if (skip > 0) {
      --skip;
    } else if (parse_log_line(std::string_view(text).substr(from, end - from), line)) {
      lines.push_back(std::move(line));
    }
    from = end + 1;
  }
  return lines;
}

std::vector<std::string> LogRing::tail_of_app(std::size_t lines_max) const {
  constexpr std::size_t kOthersMax = 30;  // lines of the build and our own may stand in between
  std::vector<std::string> texts;
  for (LogLine& line : tail(lines_max + kOthersMax)) {
    if (line.stream == "stdout" || line.stream == "stderr") texts.push_back(std::move(line.text));
  }
  if (texts.size() > lines_max) {
    texts.erase(texts.begin(), texts.end() - static_cast<std::ptrdiff_t>(lines_max));
  }
  return texts;
}

std::vector<std::string> LineCutter::add(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::size_t room = kLogLineBytesMax - rest_.size();
    const std::size_t take = std::min({end, room, bytes.size()});
    rest_ += bytes.substr(0, take);
    bytes.remove_prefix(take);
    const bool at_end = !bytes.empty() && bytes.front() == '\n';
    if (at_end) bytes.remove_prefix(1);
    if (at_end || rest_.size() == kLogLineBytesMax) {
      if (at_end && rest_.ends_with('\r')) rest_.pop_back();
      lines.push_back(std::exchange(rest_, {}));
    }
  }
  return lines;
}

std::vector<std::string> LineCutter::flush() {
  if (rest_.empty()) return {};
  std::vector<std::string> lines;
  lines.push_back(std::exchange(rest_, {}));
  return lines;
}

}  // namespace a67
