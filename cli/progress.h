// Progress shows how far a long command is: one line that is written over on a terminal, plain
// lines otherwise, JSON lines when asked for.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "engine/base/json.h"

namespace a67::cli {

class Progress {
 public:
  enum class Style : unsigned char { kNone, kLive, kLines, kJson };

  Progress(Style style, Terminal terminal) : style_(style), terminal_(terminal) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // A deployment, or a node being made, as the engine tells it.
  void deployment(const Json& view);
  // Packing, in bytes.
  void packing(std::int64_t done, std::int64_t total);
  // Something to say that stays.
  void note(const std::string& line);
  // Takes the live line away, before something else is written.
  void clear();

 private:
  void show(const std::string& line);

  Style style_;
  Terminal terminal_;
  std::string shown_;
};

// `[#####-----] 2/3 ready: Starting guestbook on node-2`. Pure.
std::string deployment_line(const Json& view);
// `a67-node at Render: its service starts`. Pure.
std::string making_line(const Json& view);

}  // namespace a67::cli
