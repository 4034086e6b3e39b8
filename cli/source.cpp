#include "cli/source.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <vector>

#include "cli/archive_reader.h"
#include "engine/base/crypto.h"
#include "engine/base/encoding.h"
#include "engine/native/files.h"

namespace a67::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kIgnoreBytesMax = std::size_t{256} << 10;
constexpr std::size_t kChunkBytes = std::size_t{1} << 20;

Json git_source(std::string_view text) {
  const std::size_t hash = text.rfind('#');
  Json source = {{"kind", "git"}, {"url", text.substr(0, hash)}};
  if (hash != std::string_view::npos && hash + 1 < text.size())
    source["ref"] = text.substr(hash + 1);
  return source;
}

// `.` and `..` name a folder too, but no app.
std::string name_of(const fs::path& path) {
  std::error_code error;
  const fs::path full = fs::weakly_canonical(path, error);
  return (error ? path : full).filename().string().substr(0, kNameBytesMax);
}

Json archive_source(const PackedArchive& packed, std::string_view format, std::string name) {
  return {{"kind", "archive"},
          {"sha256", packed.sha256},
          {"bytes", packed.bytes},
          {"format", format},
          {"name", std::move(name)},
          {"files", packed.listing.files()},
          {"texts", packed.listing.texts()}};
}

Result<Json> folder_source(const std::string& folder, const native::BlobFiles& blobs,
                           const SourceOptions& options) {
  Ignore ignore;
  if (!options.all_files) ignore.add_defaults();
  const auto lines =
      native::read_file(folder + "/" + std::string(Ignore::kFileName), kIgnoreBytesMax);
  if (!lines) return std::unexpected(lines.error());
  if (*lines) ignore.add_lines(**lines);
  const std::string temporary = blobs.temporary_path();
  auto packed = pack_folder(folder, ignore, temporary, options.progress);
  const auto kept =
      packed ? blobs.adopt(temporary, packed->sha256) : native::remove_file(temporary);
  if (!packed) return std::unexpected(packed.error());
  if (!kept) return std::unexpected(kept.error());
  return archive_source(*packed, "tar.gz", name_of(folder));
}

// Copies the archive while hashing it.
Result<PackedArchive> copy_archive(const std::string& path, const std::string& into,
                                   Listing listing, const PackProgress& progress) {
  auto file = native::InputFile::open(path);
  if (!file) return std::unexpected(file.error());
  std::error_code error;
  fs::copy_file(path, into, fs::copy_options::overwrite_existing, error);
  if (error) return std::unexpected(native::file_error("write", into, error.value()));
  // What is hashed is the copy: the original may change while it is read.
  auto copy = native::InputFile::open(into);
  if (!copy) return std::unexpected(copy.error());
  const auto total = static_cast<std::int64_t>(copy->bytes());
  Sha256 hash;
  std::vector<char> chunk(kChunkBytes);
  for (std::int64_t done = 0; done < total;) {
    const auto count = copy->read(chunk);
    if (!count) return std::unexpected(count.error());
    hash.update(as_bytes({chunk.data(), *count}));
    done += static_cast<std::int64_t>(*count);
    progress(done, total);
  }
  return PackedArchive{
      .sha256 = hex_encode(hash.finish()), .bytes = total, .listing = std::move(listing)};
}

Result<Json> file_source(const std::string& path, const native::BlobFiles& blobs,
                         const SourceOptions& options) {
  const auto format = archive_format(path);
  if (!format) return std::unexpected(format.error());
  auto listing = list_archive(path, *format);
  if (!listing) return std::unexpected(listing.error());
  const std::string temporary = blobs.temporary_path();
  auto packed = copy_archive(path, temporary, std::move(*listing), options.progress);
  const auto kept =
      packed ? blobs.adopt(temporary, packed->sha256) : native::remove_file(temporary);
  if (!packed) return std::unexpected(packed.error());
  if (!kept) return std::unexpected(kept.error());
  return archive_source(*packed, *format, name_of(path));
}

}  // namespace

bool is_git_url(std::string_view text) {
  constexpr std::array<std::string_view, 4> kSchemes = {"https://", "http://", "ssh://", "git://"};
  if (std::ranges::any_of(kSchemes, [&](auto scheme) { return text.starts_with(scheme); }))
    return true;
  // git@host:owner/repo
  const std::size_t at = text.find('@');
  const std::size_t colon = text.find(':');
  return at != std::string_view::npos && colon != std::string_view::npos && at < colon &&
         !text.substr(0, colon).contains('/');
}

Result<Json> make_source(const std::string& text, const native::BlobFiles& blobs,
                         const SourceOptions& options) {
  if (is_git_url(text)) return git_source(text);
  std::error_code error;
  const fs::file_status status = fs::status(text, error);
  if (fs::is_directory(status)) return folder_source(text, blobs, options);
  if (fs::is_regular_file(status)) return file_source(text, blobs, options);
  return fail(ErrorCode::kNotFound, "There is no folder or archive " + text + ".",
              "Give a folder, a .tar.gz or .zip, or a Git URL that starts with https://.",
              "source");
}

}  // namespace a67::cli
