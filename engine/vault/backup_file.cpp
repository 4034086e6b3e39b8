#include "engine/vault/backup_file.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/vault/fields.h"
#include "engine/vault/held.h"
#include "engine/vault/padding.h"

namespace a67 {
namespace {

constexpr std::string_view kMagic = "automator67.bkp\n";
constexpr std::string_view kKeyInfo = "automator67/backup/v1";
constexpr std::string_view kPartInfo = "automator67/backup/v1/part";
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kNonceAndTagBytes = 12 + 16;
constexpr std::size_t kSealedBytesMin = kNonceAndTagBytes + 64;  // the smallest padded part
constexpr std::size_t kPartsPerCall = 16;                        // few messages, none of them huge
constexpr const char* kTakeAnother = "Take another copy of the file, or an older backup.";

std::unexpected<Error> damaged() {
  return fail(ErrorCode::kStoreFailed, "The backup is damaged: its bytes are not those written.",
              kTakeAnother);
}

std::unexpected<Error> cut_short() {
  return fail(ErrorCode::kStoreFailed, "The backup is cut short: the end of the file is missing.",
              kTakeAnother);
}

std::unexpected<Error> too_large() {
  return fail(ErrorCode::kTooLarge, "A backup has at most 48 MiB.");
}

void put_number(std::string& bytes, std::size_t number) {
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((number >> shift) & 0xFF);
}

std::string digest_of(std::string_view bytes) {
  const Digest digest = sha256(bytes);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string_view id_of(const BackupFile& file) {
  return {reinterpret_cast<const char*>(file.id.data()), file.id.size()};
}

// Takes bytes from the front, as long as there are that many.
class Taker {
 public:
  explicit Taker(std::string_view rest) : rest_(rest) {}

  std::optional<std::string_view> bytes(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::optional<std::size_t> number() {
    const auto four = bytes(4);
    if (!four) return std::nullopt;
    std::size_t number = 0;
    for (const char byte : *four) number = (number << 8) | static_cast<unsigned char>(byte);
    return number;
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

// Everything but the digest at the end.
Result<BackupFile> read_body(Taker& taker) {
  const auto header_size = taker.number();
  if (!header_size) return cut_short();
  if (*header_size > kHeaderBytesMax) return damaged();
  const auto header = taker.bytes(*header_size);
  const auto id = taker.bytes(kBackupIdBytes);
  const auto count = taker.number();
  if (!header || !id || !count) return cut_short();
  if (*count == 0 || *count > kBackupPartsMax) return damaged();
  BackupFile file;
  file.header_text = *header;
  std::ranges::copy(as_bytes(*id), file.id.begin());
  for (std::size_t part = 0; part < *count; ++part) {
    const auto size = taker.number();
    if (!size) return cut_short();
    if (*size < kSealedBytesMin || *size > kBackupBytesMax) return damaged();
    const auto sealed = taker.bytes(*size);
    if (!sealed) return cut_short();
    file.parts.emplace_back(*sealed);
  }
  return file;
}

}  // namespace

Result<BackupFile> read_backup_file(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) {
    return fail(ErrorCode::kInvalidInput, "This file is no backup of Automator67.",
                "Choose a file whose name ends in .a67backup.");
  }
  if (bytes.size() > kBackupBytesMax) return too_large();
  Taker taker(bytes.substr(kMagic.size()));
  const auto version = taker.number();
  if (!version) return cut_short();
  if (*version > kBackupFormat) {
    return fail(ErrorCode::kConflict,
                "The backup was made by a newer version of Automator67 (format " +
                    std::to_string(*version) + ").",
                "Update Automator67 on this device.");
  }
  if (*version != kBackupFormat) return damaged();
  auto file = read_body(taker);
  if (!file) return file;
  if (taker.left() < kDigestBytes) return cut_short();
  if (taker.left() > kDigestBytes) return damaged();
  if (bytes.substr(bytes.size() - kDigestBytes) !=
      digest_of(bytes.substr(0, bytes.size() - kDigestBytes))) {
    return damaged();
  }
  auto header = read_header(file->header_text);
  if (!header) return std::unexpected(header.error());
  // The header of a rotation under way belongs beside another; a backup has one only.
  if (header->header.rotating) return damaged();
  file->header = std::move(*header);
  return file;
}

Result<std::string> write_backup_file(const BackupFile& file) {
  std::string bytes(kMagic);
  put_number(bytes, kBackupFormat);
  put_number(bytes, file.header_text.size());
  bytes += file.header_text;
  bytes += id_of(file);
  put_number(bytes, file.parts.size());
  for (const std::string& part : file.parts) {
    if (bytes.size() + part.size() + kDigestBytes > kBackupBytesMax) return too_large();
    put_number(bytes, part.size());
    bytes += part;
  }
  bytes += digest_of(bytes);
  if (bytes.size() > kBackupBytesMax) return too_large();
  return bytes;
}

std::string backup_part_context(const BackupFile& file, std::size_t part, std::size_t parts) {
  const VaultHeader& header = file.header.header;
  return join_fields({kPartInfo, header.id.value, header.workspace, digest_of(file.header_text),
                      id_of(file), std::to_string(part), std::to_string(parts)});
}

Task<Result<void>> seal_backup(Keyring* keyring, KeyRef key, BackupFile* file,
                               std::vector<Sensitive<std::string>> texts) {
  const auto made = co_await keyring->subkey(key, std::string(id_of(*file)), std::string(kKeyInfo),
                                             KeyUse::kSeal);
  if (!made) co_return std::unexpected(made.error());
  const Held<KeyRef> subkey(*keyring, *made);
  const std::size_t count = texts.size();
  for (std::size_t at = 0; at < count;) {
    std::vector<PlainItem> items;
    for (const std::size_t end = std::min(count, at + kPartsPerCall); at < end; ++at) {
      items.push_back(
          {.plain = pad_bytes(texts[at].expose()), .ad = backup_part_context(*file, at, count)});
    }
    auto sealed = co_await keyring->seal(subkey.ref(), std::move(items));
    if (!sealed) co_return std::unexpected(sealed.error());
    for (std::string& part : *sealed) file->parts.push_back(std::move(part));
  }
  co_return Result<void>{};
}

Task<Result<std::vector<Sensitive<std::string>>>> open_backup(Keyring* keyring, KeyRef key,
                                                              const BackupFile* file) {
  const auto made = co_await keyring->subkey(key, std::string(id_of(*file)), std::string(kKeyInfo),
                                             KeyUse::kSeal);
  if (!made) co_return std::unexpected(made.error());
  const Held<KeyRef> subkey(*keyring, *made);
  const std::size_t count = file->parts.size();
  std::vector<Sensitive<std::string>> texts;
  for (std::size_t at = 0; at < count;) {
    std::vector<SealedItem> items;
    for (const std::size_t end = std::min(count, at + kPartsPerCall); at < end; ++at) {
      items.push_back({.sealed = file->parts[at], .ad = backup_part_context(*file, at, count)});
    }
    const auto opened = co_await keyring->open_sealed(subkey.ref(), std::move(items));
    if (!opened) co_return std::unexpected(opened.error());
    for (const OpenedItem& item : *opened) {
      auto text = item ? unpad_bytes(item->expose(), kBackupBytesMax) : std::nullopt;
      if (!text) {
        co_return fail(ErrorCode::kStoreFailed,
                       "A part of the backup was changed, or is of another backup.", kTakeAnother);
      }
      texts.push_back(std::move(*text));
    }
  }
  co_return texts;
}

}  // namespace a67
