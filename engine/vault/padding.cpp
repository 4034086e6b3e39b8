#include "engine/vault/padding.h"

#include <bit>
#include <utility>

namespace a67 {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kBucketBytes = 64;
constexpr std::size_t kBucketsUpTo = 1024;

}  // namespace

std::size_t padded_size(std::size_t bytes) {
  if (bytes <= kBucketsUpTo) {
    const std::size_t buckets = (bytes + kBucketBytes - 1) / kBucketBytes;
    return (buckets == 0 ? 1 : buckets) * kBucketBytes;
  }
  // PADME: keep only as many leading bits of the length as its logarithm has bits.
  const auto exponent = static_cast<unsigned>(std::bit_width(bytes) - 1);
  const auto kept = static_cast<unsigned>(std::bit_width(exponent));
  const std::size_t mask = (std::size_t{1} << (exponent - kept)) - 1;
  return (bytes + mask) & ~mask;
}

Sensitive<std::string> pad_bytes(std::string_view plain) {
  std::string padded;
  padded.reserve(padded_size(kLengthBytes + plain.size()));
  for (const int shift : {24, 16, 8, 0}) {
    padded += static_cast<char>((plain.size() >> shift) & 0xFF);
  }
  padded += plain;
  padded.resize(padded_size(padded.size()), '\0');
  return Sensitive<std::string>(std::move(padded));
}

std::optional<Sensitive<std::string>> unpad_bytes(std::string_view padded, std::size_t bytes_max) {
  if (padded.size() < kLengthBytes) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t at = 0; at < kLengthBytes; ++at) {
    size = (size << 8) | static_cast<unsigned char>(padded[at]);
  }
  if (size > bytes_max || padded_size(kLengthBytes + size) != padded.size()) return std::nullopt;
  const std::string_view rest = padded.substr(kLengthBytes);
  if (rest.substr(size).find_first_not_of('\0') != std::string_view::npos) return std::nullopt;
  return Sensitive<std::string>(std::string(rest.substr(0, size)));
}

}  // namespace a67
