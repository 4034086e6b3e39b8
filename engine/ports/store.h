// Durable small values by key, kept by the host.
#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace a67 {

enum class Secrecy : bool { kPlain, kSecret };

class Store {
 public:
  virtual ~Store() = default;
  // Nothing when the key was never saved. Error: kStoreFailed.
  virtual Task<Result<std::optional<std::string>>> load(std::string key) = 0;
  // Answers once the value is durable. kSecret values are encrypted or access-restricted by the
  // host.
  virtual Task<Result<void>> save(std::string key, std::string value, Secrecy secrecy) = 0;
};

// Large byte strings that stay in the host, named by their SHA-256.
class Blobs {
 public:
  virtual ~Blobs() = default;
  virtual void drop(std::string blob) = 0;
};

}  // namespace a67
