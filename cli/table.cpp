#include "cli/table.h"

#include <algorithm>
#include <numeric>

#include "cli/text.h"

namespace a67::cli {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kColumnMin = 6;

}  // namespace

std::vector<std::size_t> Table::widths(std::size_t columns_max) const {
  std::vector<std::size_t> widths;
  for (const std::string& title : head_) widths.push_back(columns_of(title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columns_of(row[i].text));
    }
  }
  if (columns_max == 0) return widths;
  const std::size_t gaps = kGap * (widths.size() - 1);
  for (;;) {
    const std::size_t whole = std::accumulate(widths.begin(), widths.end(), gaps);
    const auto widest = std::ranges::max_element(widths);
    if (whole <= columns_max || *widest <= kColumnMin) return widths;
    *widest = std::max(kColumnMin, *widest - std::min(*widest, whole - columns_max));
  }
}

std::string Table::text(const TableStyle& style) const {
  const auto columns = widths(style.columns_max);
  std::string text;
  const auto add_line = [&](const std::vector<Cell>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string cell = fit(row[i].text, columns[i]);
      const bool last = i + 1 == row.size();
      const std::string filled = last ? cell : pad(cell, columns[i] + kGap);
      // Colour stops before the padding, so that an underline or a background would not stretch.
      line += toned(cell, row[i].tone, style.color) + filled.substr(cell.size());
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  std::vector<Cell> head;
  for (const std::string& title : head_) head.push_back({.text = title, .tone = Tone::kFaint});
  add_line(head);
  for (const auto& row : rows_) add_line(row);
  return text;
}

}  // namespace a67::cli
