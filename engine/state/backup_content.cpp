#include "engine/state/backup_content.h"

#include <utility>

#include "engine/state/strict.h"

namespace a67 {
namespace {

std::unexpected<RecordFault> damaged(std::string what) {
  return std::unexpected(RecordFault{RecordFault::Kind::kDamaged, std::move(what)});
}

}  // namespace

std::vector<Sensitive<std::string>> write_backup_content(const BackupContent& content) {
  std::vector<Sensitive<std::string>> texts;
  auto parts = write_snapshot_parts({.position = 0,
                                     .link = {},
                                     .clock = content.clock,
                                     .authors = content.authors,
                                     .damages = {},
                                     .drops = {}},
                                    content.workspace, content.entities, {});
  texts.emplace_back(dump_json({{"v", kBackupContentVersion},
                                {"w", content.workspace},
                                {"createdAt", content.created_at},
                                {"device", content.device},
                                {"epoch", content.epoch},
                                {"entities", content.entities.size()},
                                {"parts", parts.size()}}));
  for (std::string& part : parts) texts.emplace_back(std::move(part));
  return texts;
}

std::expected<BackupContent, RecordFault> read_backup_content(
    const std::vector<Sensitive<std::string>>& texts, std::string_view workspace) {
  if (texts.size() < 2) return damaged("Parts of it are missing.");
  const auto first = parse_json(texts[0].expose());
  if (!first) return damaged(first.error().message);
  const auto of = [&](std::string_view key) { return strict::member(*first, key); };
  const auto version = strict::integer(of("v"));
  if (!version || *version < 1) return damaged("It has no version.");
  if (*version > kBackupContentVersion) {
    return std::unexpected(RecordFault{
        RecordFault::Kind::kNewer,
        "It was made by a newer Automator67 (content " + std::to_string(*version) + ")."});
  }
  const auto from = strict::text(of("w"), kDeviceBytesMax, 1);
  if (from && *from != workspace) {
    return std::unexpected(
        RecordFault{RecordFault::Kind::kForeign, "It belongs to another workspace."});
  }
  const auto created = strict::integer(of("createdAt"));
  auto device = strict::text(of("device"), kDeviceBytesMax);
  const auto epoch = strict::whole(of("epoch"), kControllerEpochMax);
  const auto count = strict::whole(of("entities"), kRecordNumberMax);
  const auto parts = strict::whole(of("parts"), kSnapshotPartsMax);
  if (!from || !created || *created < 0 || *created > kHlcMsMax || !device ||
      !is_valid_device(*device) || !epoch || !count || !parts) {
    return damaged("A member is missing or wrong.");
  }
  auto header = read_snapshot_header(texts[1].expose(), workspace);
  if (!header) return std::unexpected(header.error());
  if (*parts + 1 != texts.size() || header->index_parts != 0 ||
      header->entity_parts + 2 != texts.size()) {
    return damaged("Parts of it are missing.");
  }
  BackupContent content{.workspace = *from,
                        .created_at = *created,
                        .device = std::move(*device),
                        .epoch = static_cast<std::int64_t>(*epoch),
                        .clock = header->clock,
                        .authors = std::move(header->authors),
                        .entities = {}};
  for (std::size_t at = 2; at < texts.size(); ++at) {
    if (auto read = read_entity_part(texts[at].expose(), content.entities); !read) {
      return std::unexpected(read.error());
    }
  }
  if (content.entities.size() != *count) return damaged("Entities of it are missing.");
  return content;
}

}  // namespace a67
