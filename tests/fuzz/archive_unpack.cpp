// Archives from outside. Whatever is in them: no crash, nothing outside the folder is touched, and
// no link leads out.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "node-wrapper/releases/archive.h"

namespace {

namespace fs = std::filesystem;

struct Bench {
  Bench() {
    // In memory where there is such a place: thousands of folders come and go.
    std::string name =
        std::string(fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") + "/a67-fuzz-XXXXXX";
    folder = ::mkdtemp(name.data());
    reset();
    (void)a67::replace_file(folder + "/outside", "untouched", false);
  }
  ~Bench() { a67::remove_tree(folder); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void reset() {
    a67::remove_tree(target());
    ::mkdir(target().c_str(), 0700);
  }
  [[nodiscard]] std::string target() const { return folder + "/target"; }
  std::string folder;
};

void check(bool holds) {
  if (!holds) std::abort();
}

// Everything that is there, seen through every link, lies below the root.
void check_inside(const Bench& bench) {
  std::error_code error;
  const std::string root = fs::canonical(bench.target()).string();
  for (fs::recursive_directory_iterator at(root, error);
       at != fs::recursive_directory_iterator();) {
    const fs::path real = fs::weakly_canonical(at->path(), error);
    const std::string path = real.string();
    // Links may go round in circles; then there is no real path, and no way out either.
    check(error || path == root || path.starts_with(root + "/"));
    struct stat facts{};
    check(::lstat(at->path().c_str(), &facts) == 0);
    check(S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode) || S_ISLNK(facts.st_mode));
    check((facts.st_mode & (S_ISUID | S_ISGID)) == 0);
    at.increment(error);
    if (error) break;
  }
  check(a67::read_some(bench.folder + "/outside", 100) == "untouched");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Bench bench;
  a67::UnpackLimits limits;
  limits.bytes_max = 1 << 20;
  limits.entries_max = 100;
  limits.free_bytes_min = 0;
  const std::string archive = bench.folder + "/archive";
  (void)a67::replace_file(archive, {reinterpret_cast<const char*>(data), size}, false);
  const bool zip = size > 0 && data[0] == 'P';
  const auto format = zip ? a67::ArchiveFormat::kZip : a67::ArchiveFormat::kTarGz;
  const auto report = a67::unpack_archive(archive, format, bench.target(), limits);
  if (report) check(report->bytes <= limits.bytes_max);
  if (!report) check(!report.error().message.empty());
  check_inside(bench);
  bench.reset();
  return 0;
}
