#include "engine/native/table_effects.h"

#include <algorithm>
#include <optional>

#include "engine/base/encoding.h"

namespace a67::native {
namespace {

Json encode(std::string_view value) { return base64url_encode(as_bytes(value)); }

std::unexpected<Error> wrong(std::string_view name) {
  return fail(ErrorCode::kInternal, "The effect " + std::string(name) + " has a wrong body.");
}

std::optional<TableBatch> read_batch(const Json& body) {
  // Both must be there: a batch read as empty would be answered as durable.
  for (const char* list : {"put", "delete"}) {
    if (!body.contains(list) || !body[list].is_array()) return std::nullopt;
  }
  TableBatch batch;
  for (const Json& row : array_at(body, "put")) {
    if (!row.is_array() || row.size() != 2 || !row[0].is_string() || !row[1].is_string()) {
      return std::nullopt;
    }
    const auto value = base64url_decode(row[1].get_ref<const std::string&>());
    if (!value) return std::nullopt;
    batch.put.emplace_back(row[0].get<std::string>(), std::string(value->begin(), value->end()));
  }
  for (const Json& key : array_at(body, "delete")) {
    if (!key.is_string()) return std::nullopt;
    batch.erase.push_back(key.get<std::string>());
  }
  return batch;
}

}  // namespace

Result<Json> TableEffects::perform(std::string_view name, const Json& body) {
  if (!table_) {
    auto opened = SqliteTable::open(path_);
    if (!opened) return std::unexpected(opened.error());
    table_ = std::move(*opened);
  }
  if (name == "table.get") {
    const auto value = table_->get(string_or(body, "key"));
    if (!value) return std::unexpected(value.error());
    return Json{{"value", *value ? encode(**value) : Json()}};
  }
  if (name == "table.scan") {
    const auto limit = std::clamp<std::int64_t>(int_or(body, "limit"), 1,
                                                static_cast<std::int64_t>(kTableScanRowsMax));
    const auto page = table_->scan(string_or(body, "prefix"), string_or(body, "after"),
                                   static_cast<std::size_t>(limit));
    if (!page) return std::unexpected(page.error());
    Json rows = Json::array();
    for (const TableRow& row : page->rows) {
      rows.push_back(Json::array({row.key, encode(row.value)}));
    }
    return Json{{"rows", std::move(rows)}, {"more", page->more}};
  }
  if (name == "table.apply") {
    const auto batch = read_batch(body);
    if (!batch) return wrong(name);
    const auto applied = table_->apply(*batch);
    if (!applied) return std::unexpected(applied.error());
    return Json::object();
  }
  return fail(ErrorCode::kInternal, "This host has no effect " + std::string(name) + ".");
}

}  // namespace a67::native
