// A passphrase as a vault takes it, whatever keyboard or file it came from.
#pragma once

#include <string>

#include "engine/base/sensitive.h"

namespace a67::cli {

// NFC (RFC 8265, section 4.2.2), as the page does: the same letters give the same bytes everywhere.
// What is no UTF-8 stays as it is. No copy of it is left behind in memory.
Sensitive<std::string> normalized_passphrase(const Sensitive<std::string>& typed);

}  // namespace a67::cli
