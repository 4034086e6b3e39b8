#include "engine/providers/netlify/stored_zip.h"

#include <array>

#include "engine/base/encoding.h"

namespace a67::netlify {
namespace {

constexpr std::uint16_t kVersion = 20;       // 2.0: what folders in paths need
constexpr std::uint16_t kUtf8Names = 0x800;  // general purpose bit 11
constexpr std::uint16_t kDate = 0x21;        // 1980-01-01, the first there is
constexpr std::size_t kFilesMax = 0xffff;
constexpr std::size_t kBytesMax = 0xffff'ffff;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int at = 0; at < bytes; ++at) out += static_cast<char>((value >> (8 * at)) & 0xffU);
}

// What a file's own header and its line in the directory have in common.
void put_entry(std::string& out, std::string_view path, std::uint32_t crc, std::size_t size) {
  put(out, kVersion, 2);
  put(out, kUtf8Names, 2);
  put(out, 0, 2);  // stored
  put(out, 0, 2);  // midnight
  put(out, kDate, 2);
  put(out, crc, 4);
  put(out, size, 4);
  put(out, size, 4);
  put(out, path.size(), 2);
  put(out, 0, 2);  // no extra field
}

std::unexpected<Error> wrong(const std::string& path, const std::string& what) {
  return fail(ErrorCode::kInvalidInput, "The file `" + path + "` " + what + ".", {}, "files");
}

Result<std::string> content_of(const Json& file, const std::string& path) {
  if (!file.contains("bytes")) return string_or(file, "text");
  const auto bytes = base64url_decode(string_or(file, "bytes"));
  if (!bytes) return wrong(path, "is no base64url");
  return std::string(bytes->begin(), bytes->end());
}

bool leaves_the_site(std::string_view path) {
  return path.empty() || path == ".." || path.starts_with("../") || path.ends_with("/..") ||
         path.contains("/../") || path.contains('\\');
}

// CRC-32 of ISO 3309, as ZIP wants it.
std::uint32_t crc32(std::string_view bytes) {
  constexpr auto kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t at = 0; at < table.size(); ++at) {
      std::uint32_t value = at;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) * 0xedb8'8320U);
      table[at] = value;
    }
    return table;
  }();
  std::uint32_t crc = 0xffff'ffffU;
  for (const char c : bytes) {
    crc = (crc >> 8U) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xffU];
  }
  return ~crc;
}

}  // namespace

Result<std::string> stored_zip(const Json& files) {
  std::string out;
  std::string directory;
  for (const Json& file : files) {
    std::string path = string_or(file, "path");
    path.erase(0, path.find_first_not_of('/'));
    if (leaves_the_site(path)) return wrong(path, "is not within the site");
    const auto content = content_of(file, path);
    if (!content) return std::unexpected(content.error());
    const std::uint32_t crc = crc32(*content);
    directory += "PK\x01\x02";
    put(directory, kVersion, 2);
    put_entry(directory, path, crc, content->size());
    put(directory, 0, 6);  // no comment, first disk, no text
    put(directory, 0, 4);  // no attributes
    put(directory, out.size(), 4);
    directory += path;
    out += "PK\x03\x04";
    put_entry(out, path, crc, content->size());
    out += path;
    out += *content;
    if (out.size() > kBytesMax) return wrong(path, "makes the site larger than 4 GiB");
  }
  if (files.size() > kFilesMax) {
    return fail(ErrorCode::kInvalidInput, "A site of more than 65,535 files is not supported.", {},
                "files");
  }
  const std::size_t begin = out.size();
  out += directory;
  out += "PK\x05\x06";
  put(out, 0, 4);  // one disk
  put(out, files.size(), 2);
  put(out, files.size(), 2);
  put(out, directory.size(), 4);
  put(out, begin, 4);
  put(out, 0, 2);  // no comment
  return out;
}

}  // namespace a67::netlify
