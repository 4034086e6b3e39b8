// How secrets come in: from a terminal that does not show them, or from a file that nobody else may
// read. Never from arguments or the environment, which others can see.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/base/sensitive.h"

namespace a67::cli {

inline constexpr std::size_t kSecretFileBytesMax = 4096;

// The file's text without the end of its line. `option` names it in an error. Errors: kNotFound,
// kForbidden (others may read it, or it is no plain file), kInvalidInput (empty), kTooLarge,
// kStoreFailed.
Result<Sensitive<std::string>> read_secret_file(const std::string& path, std::string_view option);

// Asks on the terminal, without showing what is typed, and puts the terminal back however it ends.
// Errors: kCancelled (Ctrl-C, or a signal that ends programs), kLocked (the end of the input),
// kTooLarge. REQUIRES: standard input and error are a terminal.
Result<Sensitive<std::string>> ask_secret(std::string_view question);

// A new file (mode 0600), durable when it answers; an existing one is left alone. Errors:
// kConflict, kStoreFailed.
Result<void> write_secret_file(const std::string& path, std::string_view text);

}  // namespace a67::cli
