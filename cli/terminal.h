// What the program's standard streams are, and how they are written to.
#pragma once

#include <string>
#include <string_view>

namespace a67::cli {

struct Terminal {
  bool out_is_tty = false;
  bool err_is_tty = false;
  bool in_is_tty = false;
  bool color = false;         // of standard output
  std::size_t columns = 100;  // of the terminal; when there is none, wide enough for a log

  // Looks at the streams, COLUMNS, NO_COLOR and TERM.
  static Terminal find(bool no_color);
};

// Colours mean something: red what failed, yellow what needs a look, green what is well, grey what
// is aside.
enum class Tone : unsigned char { kPlain, kGood, kWarning, kBad, kFaint, kStrong };

// The text in that tone, or as it is when there are no colours.
std::string toned(std::string_view text, Tone tone, bool color);
// The tone of a state of a node, app, replica or deployment.
Tone tone_of_state(std::string_view state);

// Whole texts; a reader that went away (a closed pipe) ends the program quietly, as usual for a
// filter.
void write_out(std::string_view text);
void write_err(std::string_view text);

// Asks on the terminal; true for yes. REQUIRES: standard input and error are a terminal.
bool ask(std::string_view question);

}  // namespace a67::cli
