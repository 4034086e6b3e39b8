#include "engine/state/history_index.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "engine/state/change_record.h"
#include "engine/state/strict.h"

namespace a67 {
namespace {

constexpr std::size_t kRecordsPerPiece = 10'000;
constexpr std::uint64_t kNumberMax = static_cast<std::uint64_t>(kRecordNumberMax);

}  // namespace

std::uint32_t HistoryIndex::number_of(const std::string& entity) {
  const auto [found, added] =
      numbers_.try_emplace(entity, static_cast<std::uint32_t>(names_.size()));
  if (added) names_.push_back({.name = entity, .positions = {}});
  return found->second;
}

void HistoryIndex::add_numbered(Record record) {
  assert(records_.empty() || records_.back().position < record.position);
  for (const std::uint32_t number : record.entities) {
    names_[number].positions.push_back(record.position);
  }
  records_.push_back(std::move(record));
}

void HistoryIndex::add(std::uint64_t position, UnixMs at,
                       const std::vector<std::string>& entities) {
  Record record{.position = position, .at = at, .entities = {}};
  for (const auto& entity : entities) record.entities.push_back(number_of(entity));
  add_numbered(std::move(record));
}

void HistoryIndex::take_back_last() {
  for (const std::uint32_t number : records_.back().entities) names_[number].positions.pop_back();
  records_.pop_back();
}

std::vector<std::uint64_t> HistoryIndex::positions_of(std::string_view entity, std::uint64_t before,
                                                      std::size_t limit) const {
  const auto number = numbers_.find(entity);
  if (number == numbers_.end()) return {};
  const auto& positions = names_[number->second].positions;
  std::vector<std::uint64_t> found;
  auto at = std::ranges::lower_bound(positions, before);
  while (at != positions.begin() && found.size() < limit) found.push_back(*--at);
  return found;
}

bool HistoryIndex::has_had_its_time(const Record& record, UnixMs now) const {
  if (record.at < now - kKept.count()) return true;
  return std::ranges::none_of(record.entities, [&](std::uint32_t number) {
    const auto& positions = names_[number].positions;
    return positions.size() <= kPerEntityMax ||
           positions[positions.size() - kPerEntityMax] <= record.position;
  });
}

std::vector<std::uint64_t> HistoryIndex::prune(UnixMs now, std::uint64_t last) {
  std::vector<std::uint64_t> dropped;
  std::deque<Record> kept;
  std::size_t left = records_.size();
  for (Record& record : records_) {
    if (record.position <= last && (left > kRecordsMax || has_had_its_time(record, now))) {
      dropped.push_back(record.position);
      --left;
    } else {
      kept.push_back(std::move(record));
    }
  }
  records_ = std::move(kept);
  for (Named& named : names_) {
    std::erase_if(named.positions, [&](std::uint64_t position) {
      return std::ranges::binary_search(dropped, position);
    });
  }
  return dropped;
}

std::vector<Json> HistoryIndex::write() const {
  std::vector<Json> pieces;
  for (std::size_t begin = 0; begin < records_.size(); begin += kRecordsPerPiece) {
    const std::size_t end = std::min(begin + kRecordsPerPiece, records_.size());
    std::map<std::uint32_t, std::size_t> numbers;
    Json names = Json::array();
    Json records = Json::array();
    std::uint64_t position = 0;
    UnixMs at = 0;
    for (std::size_t index = begin; index < end; ++index) {
      const Record& record = records_[index];
      Json row = Json::array({record.position - position, record.at - at});
      position = record.position;
      at = record.at;
      for (const std::uint32_t number : record.entities) {
        const auto [known, added] = numbers.try_emplace(number, names.size());
        if (added) names.push_back(names_[number].name);
        row.push_back(known->second);
      }
      records.push_back(std::move(row));
    }
    pieces.push_back({{"names", std::move(names)}, {"records", std::move(records)}});
  }
  return pieces;
}

bool HistoryIndex::read(const Json& piece) {
  const Json* names = strict::list(strict::member(piece, "names"), kRecordFieldsMax * 100);
  const Json* records = strict::list(strict::member(piece, "records"), kRecordsMax * 2);
  if (names == nullptr || records == nullptr) return false;
  std::vector<std::string> ids;
  for (const Json& name : *names) {
    auto id = strict::text(&name, kEntityBytesMax, 1);
    if (!id) return false;
    ids.push_back(std::move(*id));
  }
  struct Row {
    std::uint64_t position;
    UnixMs at;
    std::vector<std::string> entities;
  };
  std::vector<Row> rows;
  const std::uint64_t known = records_.empty() ? 0 : records_.back().position;
  std::uint64_t position = 0;
  UnixMs at = 0;
  for (const Json& record : *records) {
    if (strict::list(&record, kRecordFieldsMax * 2, 2) == nullptr) return false;
    const auto step = strict::whole(&record[0], kNumberMax);
    const auto later = strict::integer(&record[1]);
    if (!step || *step == 0 || !later || position + *step > kNumberMax) return false;
    if (*later > 2 * kHlcMsMax || *later < -2 * kHlcMsMax) return false;
    position += *step;
    at = std::clamp(at + *later, -kHlcMsMax, kHlcMsMax);
    if (position <= known) return false;
    Row row{.position = position, .at = at, .entities = {}};
    for (std::size_t index = 2; index < record.size(); ++index) {
      const auto number = strict::whole(&record[index], kNumberMax);
      if (!number || *number >= ids.size()) return false;
      row.entities.push_back(ids[static_cast<std::size_t>(*number)]);
    }
    rows.push_back(std::move(row));
  }
  for (const Row& row : rows) add(row.position, row.at, row.entities);
  return true;
}

}  // namespace a67
