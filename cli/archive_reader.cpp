#include "cli/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "engine/native/files.h"

namespace a67::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

Error bad_archive(const std::string& path, std::string_view why) {
  return Error{.code = ErrorCode::kBadArchive,
               .message = path + " cannot be used: " + std::string(why) + ".",
               .hint = "Pack it again as .tar.gz or .zip, or name the folder itself.",
               .field = "source"};
}

struct FreeArchive {
  void operator()(::archive* reader) const { archive_read_free(reader); }
};

std::string name_of(::archive_entry* entry) {
  const char* name = archive_entry_pathname_utf8(entry);
  if (name == nullptr) name = archive_entry_pathname(entry);
  return name == nullptr ? std::string() : plain_path(name);
}

class ArchiveReader {
 public:
  explicit ArchiveReader(std::string path) : path_(std::move(path)), listing_(path_) {}

  Result<Listing> read(std::string_view format) {
    // By name, not "all": that would link every format there is.
    if (format == "zip") {
      archive_read_support_format_zip(reader_.get());
    } else {
      archive_read_support_filter_gzip(reader_.get());
      archive_read_support_format_tar(reader_.get());
    }
    if (archive_read_open_filename(reader_.get(), path_.c_str(), kBlockBytes) != ARCHIVE_OK) {
      return broken();
    }
    for (;;) {
      ::archive_entry* entry = nullptr;
      const int code = archive_read_next_header(reader_.get(), &entry);
      if (code == ARCHIVE_EOF) break;
      if (code < ARCHIVE_WARN) return broken();
      if (auto taken = take(entry); !taken) return std::unexpected(taken.error());
    }
    if (listing_.empty()) return std::unexpected(bad_archive(path_, "it holds no files"));
    return std::move(listing_);
  }

 private:
  Result<void> take(::archive_entry* entry) {
    const std::string path = name_of(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || path.empty()) return {};
    std::optional<std::int64_t> size;
    if (archive_entry_size_is_set(entry) != 0) size = archive_entry_size(entry);
    // A zip that was written in one go tells a size only after the bytes: they are read either way.
    std::string text;
    const auto bytes = read_bytes(listing_.wants_text(path, size.value_or(0)) ? &text : nullptr);
    if (!bytes) return std::unexpected(bytes.error());
    if (auto added = listing_.add(path, size.value_or(*bytes)); !added) return added;
    if (listing_.wants_text(path, *bytes)) listing_.add_text(path, std::move(text));
    return {};
  }

  // How many there were.
  Result<std::int64_t> read_bytes(std::string* text) {
    std::int64_t bytes = 0;
    for (;;) {
      const void* block = nullptr;
      std::size_t count = 0;
      la_int64_t offset = 0;
      const int code = archive_read_data_block(reader_.get(), &block, &count, &offset);
      if (code == ARCHIVE_EOF) return bytes;
      if (code < ARCHIVE_WARN) return std::unexpected(broken().error());
      bytes += static_cast<std::int64_t>(count);
      unpacked_ += static_cast<std::int64_t>(count);
      if (unpacked_ > kUnpackedBytesMax) {
        return std::unexpected(bad_archive(path_, "it unpacks to over 4 GiB"));
      }
      if (text != nullptr && text->size() <= kReleaseTextBytesMax) {
        text->append(static_cast<const char*>(block), count);
      }
    }
  }

  [[nodiscard]] Result<Listing> broken() const {
    return std::unexpected(bad_archive(path_, "it is damaged or cut off"));
  }

  std::string path_;
  Listing listing_;
  std::int64_t unpacked_ = 0;
  std::unique_ptr<::archive, FreeArchive> reader_{archive_read_new()};
};

}  // namespace

Result<std::string_view> archive_format(const std::string& path) {
  auto file = native::InputFile::open(path);
  if (!file) return std::unexpected(file.error());
  if (static_cast<std::int64_t>(file->bytes()) > kSourceBytesMax) {
    return std::unexpected(source_too_large(path, static_cast<std::int64_t>(file->bytes())));
  }
  std::array<char, 2> head{};
  const auto count = file->bytes() < head.size() ? Result<std::size_t>(0) : file->read(head);
  if (!count) return std::unexpected(count.error());
  if (*count == head.size() && head[0] == '\x1f' && head[1] == '\x8b') return "tar.gz";
  if (*count == head.size() && head[0] == 'P' && head[1] == 'K') return "zip";
  return std::unexpected(bad_archive(path, "it is neither a gzip-compressed tar nor a zip"));
}

Result<Listing> list_archive(const std::string& path, std::string_view format) {
  return ArchiveReader(path).read(format);
}

}  // namespace a67::cli
