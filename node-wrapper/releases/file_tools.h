// Small pieces for files: an owned descriptor, whole-file reads and writes, free space, removal of
// a tree.
//
// Why not <fstream>: it hides errno, and "the disk is full" must reach the person as that.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace a67 {

// Owns one file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int descriptor) : descriptor_(descriptor) {}
  Fd(Fd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.descriptor_, -1));
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  int release() { return std::exchange(descriptor_, -1); }
  void reset(int descriptor = -1);

 private:
  int descriptor_ = -1;
};

// What an errno means to us: kDiskFull for no space or quota, else kStoreFailed; the message names
// `what`.
Error file_error(int error_number, std::string_view what);

// The whole file, at most `bytes_max` of it; kNotFound when absent, kTooLarge when longer.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// The first `bytes_max` bytes; empty when it cannot be read. For /proc and friends, whose size is
// not known.
std::string read_some(const std::string& path, std::size_t bytes_max);
// All of `bytes`, however many calls it takes.
Result<void> write_all(int descriptor, std::string_view bytes, std::string_view what);
// Replaces `path` in one step: a reader sees the old or the new text, never half of one. `durable`
// waits until it would survive a power loss; without, it survives the end of this process only.
Result<void> replace_file(const std::string& path, std::string_view text, bool durable);
// Creates a folder, and those above it, with mode 0700.
Result<void> make_folders(const std::string& path);
// Removes a file or a whole folder; follows no symlink. Quietly does nothing when it is not there.
void remove_tree(const std::string& path);
// The names in a folder, in no order, without `.` and `..`; none when it cannot be read.
std::vector<std::string> names_in(const std::string& folder);
// Sum of the regular files below `path`, each counted once; stops at `entries_max`.
std::uint64_t tree_bytes(const std::string& path, std::size_t entries_max);

// Free bytes of the file system that holds a path. A function, so that tests can fill a disk.
using FreeSpace = std::function<std::uint64_t(const std::string& path)>;
std::uint64_t free_space(const std::string& path);

}  // namespace a67
