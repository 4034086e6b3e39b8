// What lies in a backup once it was opened, a text per line: whatever is read survives being
// written and read again, and so does what restoring it would change.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "engine/state/backup_content.h"
#include "engine/state/backup_plan.h"
#include "engine/state/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace a67;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::vector<Sensitive<std::string>> texts;
  for (bool more = true; more;) {
    const std::size_t end = rest.find('\n');
    texts.emplace_back(std::string(rest.substr(0, end)));
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
  }
  const auto content = read_backup_content(texts, "home");
  if (!content) return 0;
  const auto again = read_backup_content(write_backup_content(*content), "home");
  if (!again || *again != *content) std::abort();
  (void)state_from(content->entities);
  const RestorePlan plan = plan_restore({}, content->entities, RestoreMode::kReplace);
  Entities made;
  for (const Change& piece : in_pieces(change_of(plan, "fuzz"))) {
    for (const FieldChange& one : piece.fields) {
      merge_field(made, one.entity, one.field, {.value = one.value, .stamp = {1, "a"}});
    }
  }
  if (values_of(made) != plan.after) std::abort();
  return 0;
}
