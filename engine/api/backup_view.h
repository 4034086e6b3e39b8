// What restoring a backup would change, in words: the contract's BackupDiff. Values of secret
// fields are masked.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/state/backup_plan.h"

namespace a67 {

inline constexpr std::size_t kDiffEntriesMax = 500;  // listed; all are counted
inline constexpr std::size_t kDiffFieldsMax = 50;    // of one entry
inline constexpr std::size_t kDiffValueBytesMax = 200;

// How many entities there are of each, activity lines apart.
struct DiffCounts {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t removed = 0;
};
DiffCounts counts_of(const RestorePlan& plan);
Json diff_view(const RestorePlan& plan);

// "2026-11-25" (UTC).
std::string date_of(UnixMs at);
// "automator67-my-cloud-2026-11-25.a67backup".
std::string backup_name(std::string_view workspace_name, UnixMs at);

}  // namespace a67
