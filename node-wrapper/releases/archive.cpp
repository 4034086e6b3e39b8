#include "node-wrapper/releases/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>

#include "node-wrapper/releases/archive_path.h"
#include "node-wrapper/releases/tree_writer.h"

namespace a67 {
namespace {

constexpr std::size_t kReadBlockBytes = 65'536;
constexpr std::uint64_t kSpaceCheckBytes = std::uint64_t{8} << 20;

struct ArchiveCloser {
  void operator()(::archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<::archive, ArchiveCloser>;

std::string text_or_empty(const char* text) { return text == nullptr ? "" : text; }

std::unexpected<Error> broken(::archive* reader, std::string_view entry) {
  std::string message = "The archive is broken";
  if (!entry.empty()) message += " at \"" + printable_name(entry) + "\"";
  const std::string detail = printable_name(text_or_empty(archive_error_string(reader)));
  if (!detail.empty()) message += ": " + detail;
  return fail(
      ErrorCode::kBadArchive, message + ".",
      "Deploy a .tar.gz or .zip of the app's folder; pack it again if this one was cut off.");
}

std::unexpected<Error> over_limit(std::string_view entry, const std::string& what) {
  return fail(
      ErrorCode::kBadArchive,
      "The archive is too large when unpacked: " + what + " at \"" + printable_name(entry) + "\".",
      "Leave build results, media and dependencies out of the archive.");
}

// One run over one archive.
class Unpacking {
 public:
  Unpacking(Reader reader, TreeWriter writer, const UnpackLimits& limits, std::string folder,
            std::uint64_t packed_bytes, const std::atomic<bool>* cancelled)
      : reader_(std::move(reader)),
        writer_(std::move(writer)),
        limits_(limits),
        folder_(std::move(folder)),
        packed_bytes_(packed_bytes),
        cancelled_(cancelled) {}

  Result<UnpackReport> run() {
    for (;;) {  // bounded by entries_max
      ::archive_entry* entry = nullptr;
      const int code = archive_read_next_header(reader_.get(), &entry);
      if (code == ARCHIVE_EOF) break;
      if (code == ARCHIVE_RETRY) continue;
      if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return broken(reader_.get(), name_);
      if (const Result<void> taken = take(entry); !taken) return std::unexpected(taken.error());
    }
    if (report_.entries == 0) {
      return fail(ErrorCode::kBadArchive, "The archive is empty.",
                  "Deploy a .tar.gz or .zip that holds the app's files.");
    }
    return report_;
  }

 private:
  Result<void> take(::archive_entry* entry) {
    const char* raw = archive_entry_pathname(entry);
    if (raw == nullptr) raw = archive_entry_pathname_utf8(entry);
    name_ = text_or_empty(raw);
    if (++report_.entries > limits_.entries_max) {
      return over_limit(name_, "more than " + std::to_string(limits_.entries_max) + " entries");
    }
    const Result<PathParts> parts = check_entry_path(name_);
    if (!parts) return std::unexpected(parts.error());
    if (archive_entry_is_encrypted(entry) != 0) {
      return fail(ErrorCode::kBadArchive,
                  "The archive's entry \"" + printable_name(name_) + "\" is encrypted.",
                  "Pack the app without a password.");
    }
    if (const char* target = archive_entry_hardlink(entry); target != nullptr) {
      const Result<PathParts> existing = check_entry_path(target);
      if (!existing) return std::unexpected(existing.error());
      return writer_.make_second_name(*parts, *existing);
    }
    return take_kind(entry, *parts);
  }

  Result<void> take_kind(::archive_entry* entry, const PathParts& parts) {
    switch (archive_entry_filetype(entry)) {
      case AE_IFDIR:
        return writer_.make_folder(parts);
      case AE_IFREG:
        return take_file(entry, parts);
      case AE_IFLNK: {
        const char* raw = archive_entry_symlink(entry);
        if (raw == nullptr) raw = archive_entry_symlink_utf8(entry);
        const std::string target = text_or_empty(raw);
        if (Result<void> checked = check_link_target(parts, target); !checked) return checked;
        return writer_.make_link(parts, target);
      }
      default:
        return fail(ErrorCode::kBadArchive,
                    "The archive's entry \"" + printable_name(name_) +
                        "\" is neither a file, a folder nor a link.",
                    "Leave devices, pipes and sockets out of the archive.");
    }
  }

  Result<void> take_file(::archive_entry* entry, const PathParts& parts) {
    if (parts.empty()) {
      return fail(ErrorCode::kBadArchive, "The archive has a file in the place of its root.",
                  "Pack the app's folder again, then deploy it again.");
    }
    const Result<Fd> file = writer_.make_file(parts, (archive_entry_mode(entry) & 0111) != 0);
    if (!file) return std::unexpected(file.error());
    const std::uint64_t before = report_.bytes;
    for (;;) {  // bounded by bytes_max
      const void* block = nullptr;
      std::size_t size = 0;
      la_int64_t offset = 0;
      const int code = archive_read_data_block(reader_.get(), &block, &size, &offset);
      if (code == ARCHIVE_EOF) return finish_file(*file, entry, before);
      if (code == ARCHIVE_RETRY) continue;
      if (code != ARCHIVE_OK || offset < 0) return broken(reader_.get(), name_);
      if (Result<void> counted = count(before, static_cast<std::uint64_t>(offset) + size);
          !counted) {
        return counted;
      }
      if (Result<void> written = write_at(*file, block, size, offset); !written) return written;
    }
  }

  // A sparse file may end in a hole: its size counts like written bytes.
  Result<void> finish_file(const Fd& file, ::archive_entry* entry, std::uint64_t before) {
    const la_int64_t size = archive_entry_size_is_set(entry) == 0 ? 0 : archive_entry_size(entry);
    if (size < 0) return broken(reader_.get(), name_);
    if (Result<void> counted = count(before, static_cast<std::uint64_t>(size)); !counted) {
      return counted;
    }
    struct stat facts{};
    if (::fstat(file.get(), &facts) == 0 && facts.st_size < size &&
        ::ftruncate(file.get(), size) != 0) {
      return std::unexpected(file_error(errno, "Cannot unpack \"" + printable_name(name_) + "\""));
    }
    keep_time(file, entry);
    return {};
  }

  // A file's time is the same on every node then, and so are the ETags of static sites, which are
  // made of it.
  static void keep_time(const Fd& file, ::archive_entry* entry) {
    if (archive_entry_mtime_is_set(entry) == 0) return;
    const timespec time{.tv_sec = archive_entry_mtime(entry), .tv_nsec = 0};
    const std::array<timespec, 2> times = {time, time};
    ::futimens(file.get(), times.data());
  }

  // Notes that the current file, which began at `before`, now reaches to `size`.
  Result<void> count(std::uint64_t before, std::uint64_t size) {
    if (size > limits_.bytes_max || before + size > limits_.bytes_max) {
      return over_limit(name_, "more than " + std::to_string(limits_.bytes_max >> 20) + " MiB");
    }
    report_.bytes = std::max(report_.bytes, before + size);
    if (report_.bytes > limits_.ratio_free_bytes &&
        report_.bytes > packed_bytes_ * limits_.ratio_max) {
      return over_limit(
          name_, "more than " + std::to_string(limits_.ratio_max) + " times its packed size");
    }
    if (cancelled_ != nullptr && cancelled_->load(std::memory_order_relaxed)) {
      return fail(ErrorCode::kCancelled, "Unpacking was stopped.");
    }
    if (report_.bytes < next_space_check_) return {};
    next_space_check_ = report_.bytes + kSpaceCheckBytes;
    if (limits_.free_space(folder_) >= limits_.free_bytes_min) return {};
    return fail(ErrorCode::kDiskFull,
                "The node's disk is too full to unpack \"" + printable_name(name_) + "\".",
                "Free some space on the node's disk, then try again.");
  }

  Result<void> write_at(const Fd& file, const void* block, std::size_t size, la_int64_t offset) {
    const char* bytes = static_cast<const char*>(block);
    while (size > 0) {
      const ssize_t done = ::pwrite(file.get(), bytes, size, offset);
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) {
        return std::unexpected(
            file_error(errno, "Cannot unpack \"" + printable_name(name_) + "\""));
      }
      bytes += done;
      offset += done;
      size -= static_cast<std::size_t>(done);
    }
    return {};
  }

  Reader reader_;
  TreeWriter writer_;
  const UnpackLimits& limits_;
  std::string folder_;
  std::uint64_t packed_bytes_;
  const std::atomic<bool>* cancelled_;
  UnpackReport report_;
  std::string name_;
  std::uint64_t next_space_check_ = 0;
};

Result<Reader> open_reader(const std::string& archive, ArchiveFormat format) {
  Reader reader(archive_read_new());
  if (reader == nullptr) return fail(ErrorCode::kNoMemory, "No memory to read the archive.");
  switch (format) {
    case ArchiveFormat::kTarGz:
      archive_read_support_filter_gzip(reader.get());
      archive_read_support_format_tar(reader.get());
      break;
    case ArchiveFormat::kZip:
      archive_read_support_format_zip_seekable(reader.get());
      break;
  }
  if (archive_read_open_filename(reader.get(), archive.c_str(), kReadBlockBytes) != ARCHIVE_OK) {
    return broken(reader.get(), "");
  }
  return reader;
}

}  // namespace

Result<UnpackReport> unpack_archive(const std::string& archive, ArchiveFormat format,
                                    const std::string& folder, const UnpackLimits& limits,
                                    const std::atomic<bool>* cancelled) {
  struct stat facts{};
  if (::stat(archive.c_str(), &facts) != 0) {
    return std::unexpected(file_error(errno, "Cannot open the archive"));
  }
  Result<Reader> reader = open_reader(archive, format);
  if (!reader) return std::unexpected(reader.error());
  Result<TreeWriter> writer = TreeWriter::open(folder);
  if (!writer) return std::unexpected(writer.error());
  return Unpacking(std::move(*reader), std::move(*writer), limits, folder,
                   static_cast<std::uint64_t>(facts.st_size), cancelled)
      .run();
}

}  // namespace a67
