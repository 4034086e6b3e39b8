#include "cli/folder_packer.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/native/files.h"

namespace a67::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;
constexpr int kModeFile = 0644;
constexpr int kModeProgram = 0755;

struct Entry {
  std::string path;
  std::int64_t bytes = 0;
  bool executable = false;
  std::string link;  // the target of a symbolic link
};

// A link is only of use where its target is packed too.
bool stays_inside(const std::string& path, const fs::path& target) {
  if (target.is_absolute()) return false;
  const fs::path full = (fs::path(path).parent_path() / target).lexically_normal();
  return !full.empty() && *full.begin() != "..";
}

class Walk {
 public:
  Walk(fs::path root, const Ignore& ignore) : root_(std::move(root)), ignore_(ignore) {}

  Result<std::vector<Entry>> run() {
    if (auto walked = folder(root_, ""); !walked) return std::unexpected(walked.error());
    std::ranges::sort(entries_, {}, &Entry::path);
    return std::move(entries_);
  }

 private:
  Result<void> folder(const fs::path& place, const std::string& prefix) {
    std::error_code error;
    for (fs::directory_iterator it(place, error), end; !error && it != end; it.increment(error)) {
      const std::string path = prefix + it->path().filename().string();
      const fs::file_status status = it->symlink_status(error);
      if (error) break;
      if (ignore_.ignores(path, fs::is_directory(status))) continue;
      if (fs::is_directory(status)) {
        if (auto walked = folder(it->path(), path + "/"); !walked) return walked;
      } else if (fs::is_symlink(status)) {
        const fs::path target = fs::read_symlink(it->path(), error);
        if (!error && stays_inside(path, target))
          entries_.push_back({.path = path, .link = target});
      } else if (fs::is_regular_file(status)) {
        const auto bytes = static_cast<std::int64_t>(it->file_size(error));
        const bool executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
        entries_.push_back({.path = path, .bytes = bytes, .executable = executable});
      }
      if (error) break;
    }
    if (error) {
      return std::unexpected(native::file_error("read", place.string(), error.value()));
    }
    return {};
  }

  fs::path root_;
  const Ignore& ignore_;
  std::vector<Entry> entries_;
};

// The finished bytes: to the file and through the hash.
struct Output {
  std::FILE* file = nullptr;
  Sha256 hash;
  std::int64_t bytes = 0;
  std::string path;
};

la_ssize_t on_bytes(::archive* writer, void* context, const void* bytes, std::size_t count) {
  auto* output = static_cast<Output*>(context);
  if (std::fwrite(bytes, 1, count, output->file) != count) {
    archive_set_error(writer, errno, "cannot write");
    return -1;
  }
  output->hash.update({static_cast<const std::uint8_t*>(bytes), count});
  output->bytes += static_cast<std::int64_t>(count);
  return static_cast<la_ssize_t>(count);
}

struct FreeArchive {
  void operator()(::archive* writer) const { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(::archive_entry* entry) const { archive_entry_free(entry); }
};
struct CloseFile {
  void operator()(std::FILE* file) const {
    if (file != nullptr) std::fclose(file);
  }
};

class Packer {
 public:
  Packer(const std::string& root, const std::string& into) : root_(root), into_(into) {
    output_.path = into;
  }

  Result<void> open() {
    file_.reset(std::fopen(into_.c_str(), "wbe"));
    if (!file_) return std::unexpected(native::file_error("write", into_, errno));
    output_.file = file_.get();
    writer_.reset(archive_write_new());
    archive_write_add_filter_gzip(writer_.get());
    archive_write_set_filter_option(writer_.get(), "gzip", "timestamp", nullptr);
    archive_write_set_format_pax_restricted(writer_.get());
    archive_write_set_bytes_in_last_block(writer_.get(), 1);
    return check(archive_write_open(writer_.get(), &output_, nullptr, on_bytes, nullptr));
  }

  Result<void> add(const Entry& one, Listing& listing) {
    const std::unique_ptr<::archive_entry, FreeEntry> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), one.path.c_str());
    archive_entry_set_mtime(entry.get(), 0, 0);
    if (!one.link.empty()) {
      archive_entry_set_filetype(entry.get(), AE_IFLNK);
      archive_entry_set_symlink(entry.get(), one.link.c_str());
      return check(archive_write_header(writer_.get(), entry.get()));
    }
    auto file = native::InputFile::open(root_ + "/" + one.path);
    if (!file) return std::unexpected(file.error());
    const auto bytes = static_cast<std::int64_t>(file->bytes());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), one.executable ? kModeProgram : kModeFile);
    archive_entry_set_size(entry.get(), bytes);
    if (auto listed = listing.add(one.path, bytes); !listed) return listed;
    if (auto head = check(archive_write_header(writer_.get(), entry.get())); !head) return head;
    return add_bytes(*file, one.path, listing);
  }

  Result<PackedArchive> close(Listing listing) {
    if (auto closed = check(archive_write_close(writer_.get())); !closed) {
      return std::unexpected(closed.error());
    }
    if (std::fclose(file_.release()) != 0) {
      return std::unexpected(native::file_error("write", into_, errno));
    }
    return PackedArchive{.sha256 = hex_encode(output_.hash.finish()),
                         .bytes = output_.bytes,
                         .listing = std::move(listing)};
  }

 private:
  Result<void> add_bytes(native::InputFile& file, const std::string& path, Listing& listing) {
    const auto bytes = static_cast<std::int64_t>(file.bytes());
    const bool is_text = listing.wants_text(path, bytes);
    std::string text;
    std::vector<char> chunk(kChunkBytes);
    for (std::int64_t done = 0; done < bytes;) {
      const auto count = file.read(chunk);
      if (!count) return std::unexpected(count.error());
      // A file that grows meanwhile is packed as long as it was.
      const std::size_t used = std::min(*count, static_cast<std::size_t>(bytes - done));
      if (archive_write_data(writer_.get(), chunk.data(), used) < 0) return check(ARCHIVE_FATAL);
      if (is_text) text.append(chunk.data(), used);
      done += static_cast<std::int64_t>(used);
    }
    if (is_text) listing.add_text(path, std::move(text));
    return {};
  }

  [[nodiscard]] Result<void> check(int code) const {
    if (code >= ARCHIVE_WARN) return {};
    return std::unexpected(native::file_error("write", into_, archive_errno(writer_.get())));
  }

  const std::string& root_;
  const std::string& into_;
  Output output_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  // Last: closing it early writes to the two above.
  std::unique_ptr<::archive, FreeArchive> writer_;
};

}  // namespace

Result<PackedArchive> pack_folder(const std::string& folder, const Ignore& ignore,
                                  const std::string& into, const PackProgress& progress) {
  auto entries = Walk(folder, ignore).run();
  if (!entries) return std::unexpected(entries.error());
  std::int64_t total = 0;
  for (const Entry& entry : *entries) total += entry.bytes;
  if (total > kSourceBytesMax) return std::unexpected(source_too_large(folder, total));
  Packer packer(folder, into);
  if (auto opened = packer.open(); !opened) return std::unexpected(opened.error());
  Listing listing(folder);
  std::int64_t done = 0;
  for (const Entry& entry : *entries) {
    if (auto added = packer.add(entry, listing); !added) return std::unexpected(added.error());
    done += entry.bytes;
    progress(done, total);
  }
  if (listing.empty()) {
    return fail(
        ErrorCode::kInvalidInput, folder + " holds no files that could be deployed.",
        "Name the folder of the app itself. node_modules, .git, __pycache__, .venv and what " +
            std::string(Ignore::kFileName) + " names are left out.",
        "source");
  }
  return packer.close(std::move(listing));
}

}  // namespace a67::cli
