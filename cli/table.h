// Tables as wide as the terminal. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"

namespace a67::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::kPlain;
};

struct TableStyle {
  std::size_t columns_max = 0;  // 0: as wide as it needs to be
  bool color = false;
};

class Table {
 public:
  explicit Table(std::vector<std::string> head) : head_(std::move(head)) {}
  // REQUIRES: as many cells as the head has.
  void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  // When it is too wide, the widest columns are cut until it fits.
  [[nodiscard]] std::string text(const TableStyle& style) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t columns_max) const;

  std::vector<std::string> head_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace a67::cli
