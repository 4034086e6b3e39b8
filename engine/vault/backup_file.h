// A backup: one file that holds a vault's header and, sealed under its key, whatever parts are put
// into it. docs/vault-format.md has the bytes.
//
// The file is opened by what opened the vault when it was made. Every part is bound to the vault,
// the header, this backup, its place and the number of parts: none can be moved, left out, or taken
// from another backup.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"
#include "engine/base/task.h"
#include "engine/ports/keyring.h"
#include "engine/vault/header.h"

namespace a67 {

inline constexpr std::uint32_t kBackupFormat = 1;
inline constexpr std::size_t kBackupBytesMax = std::size_t{48} << 20;
inline constexpr std::size_t kBackupPartsMax = 4'096;
inline constexpr std::size_t kBackupIdBytes = 16;

struct BackupFile {
  StoredHeader header;      // not authenticated yet: opening the vault's copy does that
  std::string header_text;  // as stored
  std::array<std::uint8_t, kBackupIdBytes> id{};
  std::vector<std::string> parts;  // sealed
};

// Errors, each with what to do next:
//   kInvalidInput  no backup of ours, or a header with refused Argon2id parameters
//   kConflict      made by a newer version
//   kStoreFailed   damaged, or cut short
//   kTooLarge
Result<BackupFile> read_backup_file(std::string_view bytes);
// REQUIRES: a header text that read_header() reads, 1 to kBackupPartsMax parts. kTooLarge.
Result<std::string> write_backup_file(const BackupFile& file);

// What a part is bound to.
std::string backup_part_context(const BackupFile& file, std::size_t part, std::size_t parts);

// Seals `texts` into `file.parts`. `key`: the vault key of the header's epoch. REQUIRES: the
// keyring and the file outlive the task, the number of texts is in bounds.
Task<Result<void>> seal_backup(Keyring* keyring, KeyRef key, BackupFile* file,
                               std::vector<Sensitive<std::string>> texts);
// kStoreFailed when any of them does not open, and nothing is said of the others.
Task<Result<std::vector<Sensitive<std::string>>>> open_backup(Keyring* keyring, KeyRef key,
                                                              const BackupFile* file);

}  // namespace a67
