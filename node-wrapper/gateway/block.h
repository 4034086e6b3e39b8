// Blocks: the only buffers bytes in transit live in, 32 KiB each, recycled.
//
// A connection holds one while it has bytes to look at, and none while it waits.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "node-wrapper/gateway/http_head.h"

namespace a67::gateway {

// A head must fit into one block.
inline constexpr std::size_t kBlockBytes = kHeadBytesMax;

struct Block {
  std::array<char, kBlockBytes> bytes;
};

class BlockPool {
 public:
  static constexpr std::size_t kSpareMax = 64;

  std::unique_ptr<Block> take() {
    if (spare_.empty()) return std::make_unique_for_overwrite<Block>();
    std::unique_ptr<Block> block = std::move(spare_.back());
    spare_.pop_back();
    return block;
  }
  void give(std::unique_ptr<Block> block) {
    if (block && spare_.size() < kSpareMax) spare_.push_back(std::move(block));
  }

 private:
  std::vector<std::unique_ptr<Block>> spare_;
};

// A block with the part of it that holds bytes not yet used. It borrows the block from the pool on
// demand.
class Window {
 public:
  explicit Window(BlockPool& pool) : pool_(&pool) {}
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  ~Window() { release(); }

  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] std::size_t room() const { return kBlockBytes - end_; }
  [[nodiscard]] std::span<char> bytes() {
    return block_ ? std::span(block_->bytes.data() + begin_, size()) : std::span<char>{};
  }
  [[nodiscard]] std::string_view text() { return {bytes().data(), size()}; }
  // Where to read to, room() bytes.
  [[nodiscard]] char* free_space() {
    if (!block_) block_ = pool_->take();
    return block_->bytes.data() + end_;
  }
  void added(std::size_t bytes) { end_ += bytes; }
  void consume(std::size_t bytes) { begin_ += bytes; }
  void clear() { begin_ = end_ = 0; }
  // Moves what is left to the front. Views into the block are no longer valid.
  void compact() {
    if (begin_ == 0) return;
    if (!empty()) std::char_traits<char>::move(block_->bytes.data(), bytes().data(), size());
    end_ -= begin_;
    begin_ = 0;
  }
  // REQUIRES: room for it.
  void append(std::string_view text) {
    std::char_traits<char>::copy(free_space(), text.data(), text.size());
    added(text.size());
  }
  void release() {
    clear();
    pool_->give(std::move(block_));
  }

 private:
  BlockPool* pool_;
  std::unique_ptr<Block> block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace a67::gateway
