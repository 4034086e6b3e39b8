#include "engine/base/sensitive.h"

#include <algorithm>
#include <array>
#include <catch_amalgamated.hpp>
#include <cstdint>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/base/ids.h"
#include "engine/base/json.h"

namespace a67 {
namespace {

using Secret = Sensitive<std::string>;

// Misuse that must not compile.
template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <class T>
concept Comparable = requires(const T& a, const T& b) { a == b; };
template <class T>
concept Serialisable = requires(Json& json, const T& value) { nlohmann::to_json(json, value); };

static_assert(Printable<std::string> && Comparable<std::string>, "the checks can tell");
static_assert(Serialisable<std::string> && std::is_constructible_v<Json, std::string>,
              "the checks can tell");
static_assert(!std::is_copy_constructible_v<Secret>);
static_assert(!std::is_copy_assignable_v<Secret>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(std::is_nothrow_move_assignable_v<Secret>);
static_assert(!Printable<Secret>);
static_assert(!Comparable<Secret>);
static_assert(!Serialisable<Secret>);
static_assert(!std::is_constructible_v<Json, Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

// Ids of different things do not mix.
static_assert(!std::is_convertible_v<NodeId, ReplicaId>);
static_assert(!std::is_constructible_v<NodeId, ReplicaId>);
static_assert(!std::is_convertible_v<std::string, NodeId>);

// Remembers whether memory was given back with anything left in it.
struct Ledger {
  static inline std::size_t freed = 0;
  static inline std::size_t freed_with_content = 0;
};

template <class T>
struct WatchingAllocator {
  using value_type = T;
  WatchingAllocator() = default;
  template <class U>
  explicit WatchingAllocator(const WatchingAllocator<U>&) {}
  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(memory);
    ++Ledger::freed;
    if (std::any_of(bytes, bytes + count * sizeof(T),
                    [](unsigned char byte) { return byte != 0; })) {
      ++Ledger::freed_with_content;
    }
    ::operator delete(memory);
  }
  bool operator==(const WatchingAllocator&) const = default;
};

using WatchedBytes = std::vector<std::uint8_t, WatchingAllocator<std::uint8_t>>;

TEST_CASE("Sensitive: overwrites memory of the heap before it is given back", "[base]") {
  Ledger::freed = Ledger::freed_with_content = 0;
  {
    const WatchedBytes plain(100, 7);
  }
  REQUIRE(Ledger::freed == 1);
  REQUIRE(Ledger::freed_with_content == 1);  // the ledger can tell

  Ledger::freed = Ledger::freed_with_content = 0;
  {
    Sensitive<WatchedBytes> secret(WatchedBytes(100, 7));
    Sensitive<WatchedBytes> copy = secret.clone();
    Sensitive<WatchedBytes> moved = std::move(secret);
    moved = Sensitive<WatchedBytes>(WatchedBytes(50, 9));
    CHECK(copy.expose().size() == 100);
  }
  CHECK(Ledger::freed == 3);
  CHECK(Ledger::freed_with_content == 0);
}

TEST_CASE("Sensitive: overwrites what lies in the object itself", "[base]") {
  using Key = std::array<std::uint8_t, 32>;
  alignas(Sensitive<Key>) std::array<unsigned char, sizeof(Sensitive<Key>)> room{};
  Key key{};
  key.fill(0xA5);
  auto* secret = new (room.data()) Sensitive<Key>(key);
  REQUIRE(std::ranges::count(room, 0xA5) == 32);
  secret->~Sensitive<Key>();
  CHECK(std::ranges::count(room, 0xA5) == 0);
}

TEST_CASE("Sensitive: a moved-from secret is empty, also a short one", "[base]") {
  Secret first(std::string("short"));
  const Secret second = std::move(first);
  CHECK(first.expose().empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  CHECK(second.expose() == "short");
}

TEST_CASE("Sensitive: assigned to itself it stays", "[base]") {
  Secret secret(std::string("a longer text that lies on the heap, for sure"));
  Secret& same = secret;
  secret = std::move(same);
  CHECK(secret.expose().starts_with("a longer text"));
}

TEST_CASE("wipe: overwrites exactly the bytes given", "[base]") {
  std::array<unsigned char, 4> bytes = {1, 2, 3, 4};
  wipe(bytes.data() + 1, 2);
  CHECK(bytes == std::array<unsigned char, 4>{1, 0, 0, 4});
  wipe(nullptr, 0);
}

}  // namespace
}  // namespace a67
