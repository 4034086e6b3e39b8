// TreeWriter creates files, folders and links below one root folder, and nowhere else.
//
// Every folder on the way is opened with O_NOFOLLOW from the one above it, starting at the root's
// descriptor, so a link that an archive put in the way (or anybody else did meanwhile) is refused
// instead of followed. Files are created with O_EXCL: an archive that names something twice is
// refused, not merged. Set-user-id bits, owners and odd permissions are dropped: what is executable
// becomes 0755, the rest 0644.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "node-wrapper/releases/archive_path.h"
#include "node-wrapper/releases/file_tools.h"

namespace a67 {

class TreeWriter {
 public:
  // Opens an existing, empty folder.
  static Result<TreeWriter> open(const std::string& root);

  // All refuse a name that exists (kBadArchive), except that a folder may be named again.
  Result<void> make_folder(const PathParts& parts);
  Result<Fd> make_file(const PathParts& parts, bool executable);
  // The target is written as it is: check_link_target first.
  Result<void> make_link(const PathParts& parts, const std::string& target);
  // A second name for a regular file that was written before. Refuses links and folders: a link
  // under a second name would point somewhere else.
  Result<void> make_second_name(const PathParts& parts, const PathParts& existing);

 private:
  explicit TreeWriter(Fd root) : root_(std::move(root)) {}
  // The folder that holds the last part, created on the way.
  Result<Fd> open_parent(const PathParts& parts, bool create);
  Result<Fd> descend(int from, const std::string& part, bool create, const PathParts& whole);

  Fd root_;
};

}  // namespace a67
