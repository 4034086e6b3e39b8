#include "tests/node-wrapper/releases/archive_maker.h"

#include <archive.h>
#include <archive_entry.h>

#include <stdexcept>

#include "node-wrapper/releases/file_tools.h"
#include "tests/node-wrapper/releases/temporary_folder.h"

namespace a67 {
namespace {

void check(int code, ::archive* writer) {
  if (code < ARCHIVE_WARN) throw std::runtime_error(archive_error_string(writer));
}

unsigned file_type(TestEntry::Kind kind) {
  switch (kind) {
    case TestEntry::Kind::kFile:
    case TestEntry::Kind::kHardlink:
      return AE_IFREG;
    case TestEntry::Kind::kFolder:
      return AE_IFDIR;
    case TestEntry::Kind::kSymlink:
      return AE_IFLNK;
    case TestEntry::Kind::kDevice:
      return AE_IFCHR;
    case TestEntry::Kind::kPipe:
      return AE_IFIFO;
  }
  return AE_IFREG;
}

}  // namespace

void make_archive(const std::string& path, ArchiveFormat format,
                  const std::vector<TestEntry>& entries) {
  ::archive* writer = archive_write_new();
  if (format == ArchiveFormat::kZip) {
    check(archive_write_set_format_zip(writer), writer);
  } else {
    check(archive_write_set_format_pax_restricted(writer), writer);
    check(archive_write_add_filter_gzip(writer), writer);
  }
  check(archive_write_open_filename(writer, path.c_str()), writer);
  for (const TestEntry& item : entries) {
    ::archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, item.name.c_str());
    archive_entry_set_filetype(entry, file_type(item.kind));
    archive_entry_set_perm(entry, item.mode);
    const bool is_file = item.kind == TestEntry::Kind::kFile;
    archive_entry_set_size(entry, is_file ? static_cast<la_int64_t>(item.text.size()) : 0);
    if (item.kind == TestEntry::Kind::kSymlink) archive_entry_set_symlink(entry, item.text.c_str());
    if (item.kind == TestEntry::Kind::kHardlink) {
      archive_entry_set_hardlink(entry, item.text.c_str());
    }
    check(archive_write_header(writer, entry), writer);
    if (is_file) archive_write_data(writer, item.text.data(), item.text.size());
    archive_entry_free(entry);
  }
  check(archive_write_close(writer), writer);
  archive_write_free(writer);
}

std::string archive_bytes(ArchiveFormat format, const std::vector<TestEntry>& entries) {
  const TemporaryFolder folder;
  make_archive(folder / "archive", format, entries);
  return read_file(folder / "archive", std::size_t{1} << 30).value();
}

}  // namespace a67
