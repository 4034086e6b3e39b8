#include "node-wrapper/control/desired_file.h"

#include <unistd.h>

#include <utility>

#include "node-wrapper/releases/file_tools.h"

namespace a67 {

Result<std::optional<DesiredState>> DesiredFile::load() const {
  const auto text = read_file(path_, kControlBodyBytesMax * 2);
  if (!text) {
    if (text.error().code == ErrorCode::kNotFound) return std::optional<DesiredState>{};
    return std::unexpected(text.error());
  }
  const auto value = parse_json(*text, {.bytes_max = kControlBodyBytesMax * 2, .depth_max = 32});
  auto desired = value ? desired_state_from_json(*value) : std::unexpected(value.error());
  if (!desired) {
    return fail(ErrorCode::kStoreFailed, path_ + " is damaged: " + desired.error().message);
  }
  return std::optional(std::move(*desired));
}

Result<void> DesiredFile::save(const DesiredState& desired) const {
  return replace_file(path_, dump_json(to_json(desired)), true);
}

void DesiredFile::remove() const { ::unlink(path_.c_str()); }

}  // namespace a67
