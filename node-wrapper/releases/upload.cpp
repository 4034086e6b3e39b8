#include "node-wrapper/releases/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "engine/base/encoding.h"

namespace a67 {
namespace {

constexpr std::uint64_t kSpaceCheckBytes = std::uint64_t{4} << 20;

}  // namespace

Result<Upload> Upload::begin(Options options) {
  Upload upload(std::move(options));
  upload.file_.reset(::open(upload.options_.temporary.c_str(),
                            O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!upload.file_.is_open()) {
    return std::unexpected(file_error(errno, "Cannot store the archive"));
  }
  return upload;
}

Upload::Upload(Upload&&) noexcept = default;

Upload::~Upload() {
  if (file_.is_open()) ::unlink(options_.temporary.c_str());
}

Result<void> Upload::write(std::span<const std::uint8_t> bytes) {
  if (bytes.size() > options_.bytes_max || bytes_ > options_.bytes_max - bytes.size()) {
    return fail(ErrorCode::kTooLarge,
                "The archive is larger than " + std::to_string(options_.bytes_max >> 20) +
                    " MiB, the most a node takes.",
                "Leave build results, media and dependencies out of the archive.");
  }
  bytes_ += bytes.size();
  if (bytes_ >= next_space_check_) {
    next_space_check_ = bytes_ + kSpaceCheckBytes;
    if (options_.free_space(options_.temporary) < options_.free_bytes_min) {
      return fail(ErrorCode::kDiskFull, "The node's disk is too full to take the archive.",
                  "Free some space on the node's disk, then try again.");
    }
  }
  hash_.update(bytes);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return write_all(file_.get(), text, "Cannot store the archive");
}

Result<std::uint64_t> Upload::finish() {
  if (hex_encode(hash_.finish()) != options_.sha256) {
    return fail(ErrorCode::kInvalidInput,
                "The archive that arrived is not the one that was promised: its SHA-256 differs.",
                "Send the archive again.");
  }
  if (::fsync(file_.get()) != 0 ||
      ::rename(options_.temporary.c_str(), options_.path.c_str()) != 0) {
    return std::unexpected(file_error(errno, "Cannot store the archive"));
  }
  file_.reset();
  const std::string folder = std::filesystem::path(options_.path).parent_path().string();
  const Fd parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.is_open()) ::fsync(parent.get());
  return bytes_;
}

}  // namespace a67
