// HistoryIndex knows which stored records touched which entity, and which of them have had their
// time.
//
// A record is kept while it is among the last 1,000 of some entity it touched and younger than 90
// days. It is an index only: losing it loses the way to old records, no state.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/time.h"

namespace a67 {

class HistoryIndex {
 public:
  static constexpr std::size_t kPerEntityMax = 1'000;
  static constexpr std::size_t kRecordsMax = 100'000;  // whatever they touched
  static constexpr Duration kKept{std::int64_t{90} * 24 * 3600 * 1000};

  // REQUIRES: `position` is greater than all before.
  void add(std::uint64_t position, UnixMs at, const std::vector<std::string>& entities);
  // The last one added goes again.
  void take_back_last();
  // Newest first, below `before`, at most `limit`.
  [[nodiscard]] std::vector<std::uint64_t> positions_of(std::string_view entity,
                                                        std::uint64_t before,
                                                        std::size_t limit) const;
  // Forgets the records up to `last` that have had their time, and says which.
  std::vector<std::uint64_t> prune(UnixMs now, std::uint64_t last);
  [[nodiscard]] std::size_t size() const { return records_.size(); }

  // In pieces, each readable alone, in order.
  [[nodiscard]] std::vector<Json> write() const;
  // False when it is no such piece; then nothing is added.
  bool read(const Json& piece);

 private:
  struct Record {
    std::uint64_t position = 0;
    UnixMs at = 0;
    std::vector<std::uint32_t> entities;  // numbers in names_
  };
  struct Named {
    std::string name;
    std::deque<std::uint64_t> positions;  // ascending
  };

  std::uint32_t number_of(const std::string& entity);
  [[nodiscard]] bool has_had_its_time(const Record& record, UnixMs now) const;
  void add_numbered(Record record);

  std::deque<Record> records_;  // ascending
  std::vector<Named> names_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

}  // namespace a67
