// What a backup holds, as texts to be sealed: everything the change log knows, without its history,
// and where it came from.
//
// The first text says when and from which device; those after it are a snapshot's
// (engine/state/log_snapshot.h). They hold secrets.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/sensitive.h"
#include "engine/base/time.h"
#include "engine/state/log_snapshot.h"

namespace a67 {

inline constexpr std::int64_t kBackupContentVersion = 1;
inline constexpr std::int64_t kControllerEpochMax = std::int64_t{1} << 52;

struct BackupContent {
  std::string workspace;  // its id
  UnixMs created_at = 0;
  std::string device;      // that made it
  std::int64_t epoch = 0;  // of the controller that made it: orders of a lower one are refused
  std::uint64_t clock = 0;
  std::map<std::string, Author> authors;
  Entities entities;
  bool operator==(const BackupContent&) const = default;
};

std::vector<Sensitive<std::string>> write_backup_content(const BackupContent& content);
// All of it or nothing.
std::expected<BackupContent, RecordFault> read_backup_content(
    const std::vector<Sensitive<std::string>>& texts, std::string_view workspace);

}  // namespace a67
