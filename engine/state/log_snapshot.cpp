#include "engine/state/log_snapshot.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/state/strict.h"

namespace a67 {
namespace {

// Enough for few parts, little enough for a message of a host.
constexpr std::size_t kPartBytesAim = std::size_t{256} << 10;
constexpr std::size_t kAuthorsMax = 10'000;
constexpr std::size_t kRunsMax = 100'000;
constexpr std::size_t kDropsMax = 1'000'000;

std::unexpected<RecordFault> damaged(std::string what) {
  return std::unexpected(RecordFault{RecordFault::Kind::kDamaged, std::move(what)});
}

// Entities with the names of devices as numbers, since every field has one.
class EntityParts {
 public:
  void add(const std::string& id, const Entity& entity) {
    Json fields = Json::object();
    for (const auto& [name, field] : entity.fields) {
      fields[name] = Json::array({field.value, field.stamp.hlc, device(field.stamp.device)});
    }
    Json value = {{"f", std::move(fields)}};
    if (entity.tombstone) {
      value["t"] = Json::array({entity.tombstone->hlc, device(entity.tombstone->device)});
    }
    text_ += text_.empty() ? "" : ",";
    text_ += dump_json(id) + ":" + dump_json(value);
    if (text_.size() >= kPartBytesAim) close();
  }
  std::vector<std::string> finish() {
    if (!text_.empty()) close();
    return std::move(parts_);
  }

 private:
  std::size_t device(const std::string& name) {
    const auto found = std::ranges::find(devices_, name);
    if (found != devices_.end()) {
      return static_cast<std::size_t>(std::distance(devices_.begin(), found));
    }
    devices_.push_back(name);
    return devices_.size() - 1;
  }
  void close() {
    parts_.push_back("{\"d\":" + dump_json(devices_) + ",\"e\":{" + text_ + "}}");
    text_.clear();
    devices_.clear();
  }

  std::vector<std::string> parts_;
  std::vector<std::string> devices_;
  std::string text_;
};

std::optional<Stamp> read_stamp(const Json& hlc, const Json& device,
                                const std::vector<std::string>& devices) {
  const auto time = strict::whole(&hlc, kHlcMax);
  const auto number = strict::whole(&device, devices.size());
  if (!time || !number || *number >= devices.size()) return std::nullopt;
  return Stamp{*time, devices[static_cast<std::size_t>(*number)]};
}

std::optional<Entity> read_entity(const Json& value, const std::vector<std::string>& devices) {
  const Json* fields = strict::member(value, "f");
  if (fields == nullptr || !fields->is_object()) return std::nullopt;
  Entity entity;
  if (const Json* tombstone = strict::member(value, "t")) {
    if (strict::list(tombstone, 2, 2) == nullptr) return std::nullopt;
    entity.tombstone = read_stamp((*tombstone)[0], (*tombstone)[1], devices);
    if (!entity.tombstone) return std::nullopt;
  }
  for (const auto& [name, field] : fields->items()) {
    if (name.empty() || strict::list(&field, 3, 3) == nullptr) return std::nullopt;
    auto stamp = read_stamp(field[1], field[2], devices);
    if (!stamp) return std::nullopt;
    entity.fields.emplace(name, Field{.value = field[0], .stamp = std::move(*stamp)});
  }
  return entity;
}

bool read_author(const Json& value, Author& author) {
  const auto digest = strict::bytes<32>(strict::member(value, "hash"));
  const Json* runs = strict::list(strict::member(value, "seen"), kRunsMax);
  if (!digest || runs == nullptr) return false;
  author.last_digest = *digest;
  for (const Json& run : *runs) {
    if (strict::list(&run, 2, 2) == nullptr) return false;
    const auto first = strict::integer(&run[0]);
    const auto last = strict::integer(&run[1]);
    if (!first || !last || *first < 1 || *last < *first || *last > kRecordNumberMax) return false;
    // Runs are apart, so their ends are enough.
    if (*first <= author.seen.last()) return false;
    author.seen.add_run(*first, *last);
  }
  return true;
}

}  // namespace

bool SeenRecords::contains(std::int64_t number) const {
  const auto after = runs_.upper_bound(number);
  return after != runs_.begin() && std::prev(after)->second >= number;
}

void SeenRecords::add(std::int64_t number) {
  if (contains(number)) return;
  std::int64_t first = number;
  std::int64_t last = number;
  if (const auto next = runs_.find(number + 1); next != runs_.end()) {
    last = next->second;
    runs_.erase(next);
  }
  const auto after = runs_.upper_bound(number);
  if (after != runs_.begin() && std::prev(after)->second == number - 1) {
    first = std::prev(after)->first;
  }
  runs_[first] = last;
}

void SeenRecords::add_run(std::int64_t first, std::int64_t last) { runs_[first] = last; }

void SeenRecords::remove(std::int64_t number) {
  if (!contains(number)) return;
  const auto run = std::prev(runs_.upper_bound(number));
  const auto [first, last] = *run;
  runs_.erase(run);
  if (first < number) runs_[first] = number - 1;
  if (number < last) runs_[number + 1] = last;
}

std::vector<std::string> write_snapshot_parts(SnapshotHeader header, std::string_view workspace,
                                              const Entities& entities, const HistoryIndex& index) {
  EntityParts writer;
  for (const auto& [id, entity] : entities) writer.add(id, entity);
  std::vector<std::string> parts = writer.finish();
  header.entity_parts = parts.size();
  for (const Json& piece : index.write()) parts.push_back(dump_json(piece));
  header.index_parts = parts.size() - header.entity_parts;

  Json authors = Json::object();
  for (const auto& [device, author] : header.authors) {
    Json runs = Json::array();
    for (const auto& [first, last] : author.seen.runs()) {
      runs.push_back(Json::array({first, last}));
    }
    authors[device] = {{"hash", base64url_encode(author.last_digest)}, {"seen", std::move(runs)}};
  }
  Json damages = Json::array();
  for (const Damage& damage : header.damages) {
    damages.push_back(Json::array({damage.key, damage.what}));
  }
  parts.insert(parts.begin(), dump_json({{"v", kLogSnapshotVersion},
                                         {"w", workspace},
                                         {"position", header.position},
                                         {"link", base64url_encode(header.link)},
                                         {"clock", header.clock},
                                         {"authors", std::move(authors)},
                                         {"damages", std::move(damages)},
                                         {"drops", header.drops},
                                         {"entities", header.entity_parts},
                                         {"index", header.index_parts}}));
  return parts;
}

std::expected<SnapshotHeader, RecordFault> read_snapshot_header(std::string_view text,
                                                                std::string_view workspace) {
  const auto value = parse_json(text, {.bytes_max = kSnapshotPartBytesMax});
  if (!value) return damaged(value.error().message);
  const auto of = [&](std::string_view key) { return strict::member(*value, key); };
  const auto version = strict::integer(of("v"));
  if (!version || *version < 1) return damaged("It has no version.");
  if (*version > kLogSnapshotVersion) {
    return std::unexpected(RecordFault{
        RecordFault::Kind::kNewer,
        "It was written by a newer Automator67 (format " + std::to_string(*version) + ")."});
  }
  const auto from = strict::text(of("w"), kDeviceBytesMax, 1);
  if (from && *from != workspace) {
    return std::unexpected(
        RecordFault{RecordFault::Kind::kForeign, "It belongs to another workspace."});
  }
  const auto position = strict::whole(of("position"), kRecordNumberMax);
  const auto link = strict::bytes<32>(of("link"));
  const auto clock = strict::whole(of("clock"), kHlcMax);
  const auto entities = strict::whole(of("entities"), kSnapshotPartsMax);
  const auto index = strict::whole(of("index"), kSnapshotPartsMax);
  const Json* authors = of("authors");
  const Json* damages = strict::list(of("damages"), kDamagesMax);
  const Json* drops = strict::list(of("drops"), kDropsMax);
  if (!from || !position || !link || !clock || !entities || !index || authors == nullptr ||
      !authors->is_object() || authors->size() > kAuthorsMax || damages == nullptr ||
      drops == nullptr) {
    return damaged("A member is missing or wrong.");
  }
  SnapshotHeader header{.position = *position,
                        .link = *link,
                        .clock = *clock,
                        .authors = {},
                        .damages = {},
                        .drops = {},
                        .entity_parts = static_cast<std::size_t>(*entities),
                        .index_parts = static_cast<std::size_t>(*index)};
  for (const auto& [device, author] : authors->items()) {
    if (!is_valid_device(device) || !read_author(author, header.authors[device])) {
      return damaged("Its devices cannot be read.");
    }
  }
  for (const Json& damage : *damages) {
    const bool pair = strict::list(&damage, 2, 2) != nullptr;
    const auto key = pair ? strict::text(&damage[0], kEntityBytesMax) : std::nullopt;
    const auto what = pair ? strict::text(&damage[1], kRecordNoteBytesMax) : std::nullopt;
    if (!key || !what) return damaged("Its list of damages cannot be read.");
    header.damages.push_back({*key, *what});
  }
  for (const Json& drop : *drops) {
    const auto number = strict::whole(&drop, kRecordNumberMax);
    if (!number) return damaged("Its list of drops cannot be read.");
    header.drops.push_back(*number);
  }
  return header;
}

std::expected<void, RecordFault> read_entity_part(std::string_view text, Entities& into) {
  const auto value = parse_json(text, {.bytes_max = kSnapshotPartBytesMax});
  if (!value) return damaged(value.error().message);
  const Json* names = strict::list(strict::member(*value, "d"), kAuthorsMax);
  const Json* entities = strict::member(*value, "e");
  if (names == nullptr || entities == nullptr || !entities->is_object()) {
    return damaged("A member is missing or wrong.");
  }
  std::vector<std::string> devices;
  for (const Json& name : *names) {
    auto device = strict::text(&name, kDeviceBytesMax);
    if (!device) return damaged("Its devices cannot be read.");
    devices.push_back(std::move(*device));
  }
  Entities read;
  for (const auto& [id, value_of] : entities->items()) {
    auto entity = read_entity(value_of, devices);
    if (!entity) return damaged("One of its entities cannot be read.");
    read.emplace(id, std::move(*entity));
  }
  merge_all(into, read);
  return {};
}

std::expected<void, RecordFault> read_index_part(std::string_view text, HistoryIndex& into) {
  const auto value = parse_json(text, {.bytes_max = kSnapshotPartBytesMax});
  if (!value || !into.read(*value)) return damaged("The index of the history cannot be read.");
  return {};
}

}  // namespace a67
