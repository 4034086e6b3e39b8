// Held lets go of a keyring's number when it goes itself: at the end of a scope, and also when the
// coroutine that holds it is cancelled.
#pragma once

#include <utility>

#include "engine/ports/keyring.h"

namespace a67 {

template <class Ref>
class Held {
 public:
  Held() = default;
  // REQUIRES: the keyring outlives this.
  Held(Keyring& keyring, Ref ref) : keyring_(&keyring), ref_(ref) {}
  Held(Held&& other) noexcept : keyring_(other.keyring_), ref_(std::exchange(other.ref_, {})) {}
  Held& operator=(Held&& other) noexcept {
    if (this != &other) {
      let_go();
      keyring_ = other.keyring_;
      ref_ = std::exchange(other.ref_, {});
    }
    return *this;
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { let_go(); }

  [[nodiscard]] Ref ref() const { return ref_; }
  // It stays with the keyring, for somebody else to let go of.
  void release() { ref_ = {}; }

 private:
  void let_go() {
    if (keyring_ != nullptr && ref_.number != 0) keyring_->forget({ref_.number});
    ref_ = {};
  }

  Keyring* keyring_ = nullptr;
  Ref ref_{};
};

}  // namespace a67
