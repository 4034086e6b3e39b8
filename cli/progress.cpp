#include "cli/progress.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "cli/text.h"

namespace a67::cli {
namespace {

constexpr std::int64_t kBarColumns = 20;
constexpr std::int64_t kWhole = 100;

std::string bar(std::int64_t percent) {
  const std::int64_t filled = std::clamp<std::int64_t>(percent, 0, kWhole) * kBarColumns / kWhole;
  return "[" + std::string(static_cast<std::size_t>(filled), '#') +
         std::string(static_cast<std::size_t>(kBarColumns - filled), '-') + "]";
}

}  // namespace

std::string deployment_line(const Json& view) {
  return bar(int_or(view, "percent")) + " " + std::to_string(int_or(view, "ready")) + "/" +
         std::to_string(int_or(view, "wanted")) + " ready: " + printable(string_or(view, "step"));
}

std::string making_line(const Json& view) {
  static const std::map<std::string_view, std::string_view> kWords = {
      {"making", "its service is being made"},
      {"starting", "its service starts"},
      {"answering", "waiting for its first word"},
      {"ready", "claimed"},
      {"failed", "failed"}};
  const auto words = kWords.find(string_or(view, "step"));
  return printable(string_or(view, "name")) + " at " + printable(string_or(view, "providerName")) +
         ": " + std::string(words == kWords.end() ? "under way" : words->second);
}

void Progress::deployment(const Json& view) {
  if (style_ == Style::kJson) {
    write_out(dump_json({{"progress", view}}) + "\n");
    return;
  }
  show(view.contains("percent") ? deployment_line(view) : making_line(view));
}

void Progress::packing(std::int64_t done, std::int64_t total) {
  // Not worth a line of its own where lines stay.
  if (style_ != Style::kLive) return;
  const std::int64_t percent = total == 0 ? kWhole : done * kWhole / total;
  show(bar(percent) + " Packing " + bytes_text(done) + " of " + bytes_text(total));
}

void Progress::note(const std::string& line) {
  clear();
  write_err(line + "\n");
}

void Progress::show(const std::string& line) {
  if (line == shown_) return;
  if (style_ == Style::kLive) {
    shown_ = line;
    write_err("\r\x1b[K" + fit(line, terminal_.columns - 1));
  } else if (style_ == Style::kLines) {
    shown_ = line;
    write_err(line + "\n");
  }
}

void Progress::clear() {
  if (style_ == Style::kLive && !shown_.empty()) write_err("\r\x1b[K");
  shown_.clear();
}

}  // namespace a67::cli
