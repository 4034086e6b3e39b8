// The secret by which a vault opens on one device without a question: 32 random bytes in a file
// that only its owner may read, as ssh keeps its key.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"

namespace a67::native {

// Nothing when there is no such file. Errors: kForbidden (others may read it, or it is no plain
// file), kStoreFailed (of another size, unreadable).
Result<std::optional<Sensitive<std::string>>> read_device_key(const std::string& path);

// A new one: mode 0600, durable when it answers, never in place of another file. Error:
// kStoreFailed. REQUIRES: the lock of the data folder is held.
Result<Sensitive<std::string>> make_device_key(const std::string& path);

// Overwrites it, then takes it away; none is fine. What a disk or its backups kept of the old bytes
// is out of reach, therefore the vault's key is replaced, too. Error: kStoreFailed.
Result<void> drop_device_key(const std::string& path);

// What read_device_key() asks of a file that holds a secret: a plain file of this person's that
// nobody else may read. Error: kForbidden. REQUIRES: `file` is open.
Result<void> check_private(int file, const std::string& path);

}  // namespace a67::native
