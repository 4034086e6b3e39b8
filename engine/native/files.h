// The few things done with files, as Results. What is written is either the old or the new content
// after a crash, never a mixture, and only its owner can read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace a67::native {

// A file descriptor with one owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

// kStoreFailed: `Cannot write /home/a/x (No space left on device).`
Error file_error(std::string_view what, const std::string& path, int error_number);

// The folder and those above it; new ones with mode 0700.
Result<void> make_private_folder(const std::string& path);

// Mode 0600; durable when it answers.
Result<void> write_atomically(const std::string& path, std::string_view bytes);

// A name given or taken away is durable only once the folder that holds it is.
Result<void> sync_folder_of(const std::string& path);

// Nothing when there is no such file. Error: kTooLarge over bytes_max.
Result<std::optional<std::string>> read_file(const std::string& path, std::size_t bytes_max);

Result<void> remove_file(const std::string& path);  // no such file is fine

// Reads a file of known size from its beginning to its end.
class InputFile {
 public:
  static Result<InputFile> open(const std::string& path);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  // The next read begins there.
  Result<void> go_to(std::uint64_t offset);
  // How many bytes were read. A file that became shorter meanwhile is an error, so the count is
  // never 0.
  Result<std::size_t> read(std::span<char> into);

 private:
  InputFile(Descriptor file, std::uint64_t bytes, std::string path)
      : file_(std::move(file)), bytes_(bytes), path_(std::move(path)) {}

  Descriptor file_;
  std::uint64_t bytes_;
  std::string path_;
};

}  // namespace a67::native
