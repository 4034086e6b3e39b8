// Small things done with text for people: widths, numbers, times, the nearest word. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace a67::cli {

// How many columns a terminal shows it in: characters, not bytes.
std::size_t columns_of(std::string_view text);
// At most `columns` wide; what is cut ends in an ellipsis.
std::string fit(std::string_view text, std::size_t columns);
// Filled with spaces on the right up to `columns`.
std::string pad(std::string_view text, std::size_t columns);
// Control characters (but tab) made visible, so that an app's log cannot drive the terminal.
std::string printable(std::string_view text);
// Broken at spaces into lines of at most `columns`.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

// 12.3 MiB
std::string bytes_text(std::int64_t bytes);
// With so many digits after the point: 12.5, 0, 80.2
std::string number_text(double value, int digits);
// 3 s, 5 min, 2 h, 4 d
std::string duration_text(std::int64_t ms);
// 14:03:59, in the local time zone.
std::string clock_text(std::int64_t unix_ms);

// The word that was probably meant: at most a third of it is wrong.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace a67::cli
