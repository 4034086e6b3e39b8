#include "engine/providers/cloudflare/blake3.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <utility>
#include <vector>

namespace a67::cloudflare {
namespace {

using Words8 = std::array<std::uint32_t, 8>;
using Words16 = std::array<std::uint32_t, 16>;

constexpr std::size_t kBlockBytes = 64;
constexpr std::size_t kChunkBytes = 1024;
constexpr std::uint32_t kChunkStart = 1;
constexpr std::uint32_t kChunkEnd = 2;
constexpr std::uint32_t kParent = 4;
constexpr std::uint32_t kRoot = 8;
constexpr Words8 kStart = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                           0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
constexpr std::array<std::uint8_t, 16> kOrder = {2, 6,  3,  10, 7, 0,  4,  13,
                                                 1, 11, 12, 5,  9, 14, 15, 8};
// Columns, then diagonals.
constexpr std::array<std::array<std::uint8_t, 4>, 8> kLanes = {{{0, 4, 8, 12},
                                                                {1, 5, 9, 13},
                                                                {2, 6, 10, 14},
                                                                {3, 7, 11, 15},
                                                                {0, 5, 10, 15},
                                                                {1, 6, 11, 12},
                                                                {2, 7, 8, 13},
                                                                {3, 4, 9, 14}}};

// One node of the tree before it is known whether it is the root.
struct Node {
  Words8 chain = kStart;
  Words16 block = {};
  std::uint64_t counter = 0;
  std::uint32_t length = kBlockBytes;
  std::uint32_t flags = 0;
};

Words8 compress(const Node& node, std::uint32_t more_flags = 0) {
  Words16 v = {};
  std::ranges::copy(node.chain, v.begin());
  std::copy_n(kStart.begin(), 4, v.begin() + 8);
  v[12] = static_cast<std::uint32_t>(node.counter);
  v[13] = static_cast<std::uint32_t>(node.counter >> 32U);
  v[14] = node.length;
  v[15] = node.flags | more_flags;
  Words16 m = node.block;
  for (int round = 0; round < 7; ++round) {
    for (std::size_t lane = 0; lane < kLanes.size(); ++lane) {
      const auto [a, b, c, d] = kLanes[lane];
      v[a] += v[b] + m[2 * lane];
      v[d] = std::rotr(v[d] ^ v[a], 16);
      v[c] += v[d];
      v[b] = std::rotr(v[b] ^ v[c], 12);
      v[a] += v[b] + m[2 * lane + 1];
      v[d] = std::rotr(v[d] ^ v[a], 8);
      v[c] += v[d];
      v[b] = std::rotr(v[b] ^ v[c], 7);
    }
    Words16 next = {};
    for (std::size_t at = 0; at < next.size(); ++at) next[at] = m[kOrder[at]];
    m = next;
  }
  Words8 out = {};
  for (std::size_t at = 0; at < out.size(); ++at) out[at] = v[at] ^ v[at + 8];
  return out;
}

Words16 block_of(std::string_view bytes) {
  Words16 words = {};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    words[at / 4] |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at]))
                     << (8 * (at % 4));
  }
  return words;
}

// At most kChunkBytes; its last block is not compressed yet.
Node chunk_of(std::string_view bytes, std::uint64_t counter) {
  Node node{.counter = counter, .flags = kChunkStart};
  while (bytes.size() > kBlockBytes) {
    node.block = block_of(bytes.substr(0, kBlockBytes));
    node.chain = compress(node);
    node.flags = 0;
    bytes.remove_prefix(kBlockBytes);
  }
  node.block = block_of(bytes);
  node.length = static_cast<std::uint32_t>(bytes.size());
  node.flags |= kChunkEnd;
  return node;
}

Node parent_of(const Words8& left, const Words8& right) {
  Node node{.flags = kParent};
  std::ranges::copy(left, node.block.begin());
  std::ranges::copy(right, node.block.begin() + 8);
  return node;
}

}  // namespace

std::array<std::uint8_t, 32> blake3(std::string_view bytes) {
  std::vector<Words8> left;  // finished subtrees, the largest first
  std::uint64_t chunks = 0;
  while (bytes.size() > kChunkBytes) {
    Words8 chain = compress(chunk_of(bytes.substr(0, kChunkBytes), chunks));
    bytes.remove_prefix(kChunkBytes);
    ++chunks;
    for (std::uint64_t whole = chunks; whole % 2 == 0; whole /= 2) {
      chain = compress(parent_of(left.back(), chain));
      left.pop_back();
    }
    left.push_back(chain);
  }
  Node node = chunk_of(bytes, chunks);
  for (; !left.empty(); left.pop_back()) node = parent_of(left.back(), compress(node));
  const Words8 root = compress(node, kRoot);
  std::array<std::uint8_t, 32> out = {};
  for (std::size_t at = 0; at < out.size(); ++at) {
    out[at] = static_cast<std::uint8_t>(root[at / 4] >> (8 * (at % 4)));
  }
  return out;
}

}  // namespace a67::cloudflare
