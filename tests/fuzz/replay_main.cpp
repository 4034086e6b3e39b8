// Runs a fuzz target over its seeds without a fuzzer: each seed, every seed cut short, and every
// seed with single bytes changed. Deterministic; finds what a seed corpus can find in about a
// second, in every build.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kBentCopiesMax = 400;  // per seed and kind

using Input = std::vector<std::uint8_t>;

void run(const Input& input) {
  // A copy without spare capacity, so that the sanitizers see a read past its end.
  const Input exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

std::size_t replay(const Input& seed) {
  run(seed);
  std::size_t runs = 1;
  const std::size_t step = std::max<std::size_t>(1, seed.size() / kBentCopiesMax);
  for (std::size_t at = 0; at < seed.size(); at += step) {
    run(Input(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(at)));
    for (const std::uint8_t flip : {std::uint8_t{0x01}, std::uint8_t{0x80}, std::uint8_t{0x20}}) {
      Input bent = seed;
      bent[at] ^= flip;
      run(bent);
      ++runs;
    }
    ++runs;
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: <program> <corpus folder>\n", stderr);
    return 2;
  }
  std::vector<std::filesystem::path> seeds;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) seeds.push_back(entry.path());
  }
  std::sort(seeds.begin(), seeds.end());
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds in %s\n", argv[1]);
    return 1;
  }
  std::size_t runs = 0;
  for (const auto& path : seeds) {
    std::ifstream file(path, std::ios::binary);
    runs += replay(Input(std::istreambuf_iterator<char>(file), {}));
  }
  std::printf("%zu seeds, %zu runs\n", seeds.size(), runs);
  return 0;
}
