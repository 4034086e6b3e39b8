#include "node-wrapper/releases/tree_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace a67 {
namespace {

std::string joined(const PathParts& parts) {
  std::string name;
  for (const std::string& part : parts) name += (name.empty() ? "" : "/") + part;
  return name;
}

std::unexpected<Error> entry_error(int error_number, const PathParts& parts) {
  const std::string name = printable_name(joined(parts));
  switch (error_number) {
    case EEXIST:
      return fail(ErrorCode::kBadArchive, "The archive holds \"" + name + "\" twice.",
                  "Pack the app's folder again, then deploy it again.");
    case ENOTDIR:
    case ELOOP:
      return fail(ErrorCode::kBadArchive,
                  "The archive puts \"" + name + "\" behind a link or a file.",
                  "Pack the app's folder again without links to folders, then deploy it again.");
    default:
      return std::unexpected(file_error(error_number, "Cannot unpack \"" + name + "\""));
  }
}

}  // namespace

Result<TreeWriter> TreeWriter::open(const std::string& root) {
  Fd folder(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) return std::unexpected(file_error(errno, "Cannot open " + root));
  return TreeWriter(std::move(folder));
}

Result<Fd> TreeWriter::descend(int from, const std::string& part, bool create,
                               const PathParts& whole) {
  if (create && ::mkdirat(from, part.c_str(), 0755) != 0 && errno != EEXIST) {
    return entry_error(errno, whole);
  }
  Fd folder(::openat(from, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.is_open()) return entry_error(errno, whole);
  return folder;
}

Result<Fd> TreeWriter::open_parent(const PathParts& parts, bool create) {
  Fd at(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
  if (!at.is_open()) return entry_error(errno, parts);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    Result<Fd> next = descend(at.get(), parts[i], create, parts);
    if (!next) return next;
    at = std::move(*next);
  }
  return at;
}

Result<void> TreeWriter::make_folder(const PathParts& parts) {
  if (parts.empty()) return {};
  const Result<Fd> parent = open_parent(parts, true);
  if (!parent) return std::unexpected(parent.error());
  const Result<Fd> folder = descend(parent->get(), parts.back(), true, parts);
  if (!folder) return std::unexpected(folder.error());
  return {};
}

Result<Fd> TreeWriter::make_file(const PathParts& parts, bool executable) {
  const Result<Fd> parent = open_parent(parts, true);
  if (!parent) return std::unexpected(parent.error());
  Fd file(::openat(parent->get(), parts.back().c_str(),
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open()) return entry_error(errno, parts);
  if (::fchmod(file.get(), executable ? 0755 : 0644) != 0) return entry_error(errno, parts);
  return file;
}

Result<void> TreeWriter::make_link(const PathParts& parts, const std::string& target) {
  const Result<Fd> parent = open_parent(parts, true);
  if (!parent) return std::unexpected(parent.error());
  if (::symlinkat(target.c_str(), parent->get(), parts.back().c_str()) != 0) {
    return entry_error(errno, parts);
  }
  return {};
}

Result<void> TreeWriter::make_second_name(const PathParts& parts, const PathParts& existing) {
  const Result<Fd> from = open_parent(existing, false);
  if (!from) return std::unexpected(from.error());
  struct stat facts{};
  if (existing.empty() ||
      ::fstatat(from->get(), existing.back().c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(facts.st_mode)) {
    return fail(ErrorCode::kBadArchive,
                "The archive's entry \"" + printable_name(joined(parts)) +
                    "\" is a hard link to something that is no file of the archive.",
                "Pack the app's folder again, then deploy it again.");
  }
  const Result<Fd> parent = open_parent(parts, true);
  if (!parent) return std::unexpected(parent.error());
  if (::linkat(from->get(), existing.back().c_str(), parent->get(), parts.back().c_str(), 0) != 0) {
    return entry_error(errno, parts);
  }
  return {};
}

}  // namespace a67
