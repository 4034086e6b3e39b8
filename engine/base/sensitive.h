// Sensitive<T> holds a secret: it cannot be printed, compared by accident or serialised, and its
// bytes are overwritten when it goes. Read it with expose(), at the one place that needs it.
#pragma once

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace a67 {

// Overwrites memory in a way the compiler may not remove (libsodium's sodium_memzero).
void wipe(void* bytes, std::size_t count);

template <class T>
  requires std::is_trivially_copyable_v<typename T::value_type>
class Sensitive {
 public:
  Sensitive() = default;
  explicit Sensitive(T value) : value_(std::move(value)) {}
  Sensitive(const Sensitive&) = delete;
  Sensitive& operator=(const Sensitive&) = delete;
  Sensitive(Sensitive&& other) noexcept : value_(std::move(other.value_)) { other.clear(); }
  Sensitive& operator=(Sensitive&& other) noexcept {
    if (this != &other) {
      clear();
      value_ = std::move(other.value_);
      other.clear();
    }
    return *this;
  }
  ~Sensitive() { clear(); }

  [[nodiscard]] const T& expose() const { return value_; }
  [[nodiscard]] Sensitive clone() const { return Sensitive(value_); }

 private:
  void clear() {
    if (std::size(value_) != 0) {
      wipe(std::data(value_), std::size(value_) * sizeof(typename T::value_type));
    }
    value_ = T{};
  }

  T value_{};
};

}  // namespace a67
