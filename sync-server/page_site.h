// PageSite answers requests for the page as the static hosts do: the headers of netlify.toml,
// compressed files where the build left some, and index.html where no file lies, but for /assets/.
#pragma once

#include <utility>

#include "node-wrapper/control/site.h"
#include "sync-server/page_files.h"

namespace a67 {

class PageSite final : public Site {
 public:
  explicit PageSite(PageFiles files) : files_(std::move(files)) {}
  [[nodiscard]] ControlAnswer answer(const ControlHead& head) const override;

 private:
  PageFiles files_;
};

}  // namespace a67
