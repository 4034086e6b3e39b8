// GroupWriter seals and stores what is handed to it, in order, and answers when it is durable.
//
// What arrives while a write is under way goes together in the next batch (group commit): one
// durable write then acknowledges many changes. When a batch fails, everything handed over since
// fails with it, because later entries build on earlier ones; the next attempt begins anew.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/executor.h"
#include "engine/ports/table.h"
#include "engine/state/sealer.h"

namespace a67 {

// Stored as prefix and sealed bytes.
struct SealedPut {
  std::string key;
  std::string prefix;
  std::string plain;
  std::string ad;
};

class GroupWriter {
 public:
  static constexpr std::size_t kBatchPutsMax = 1'000;
  static constexpr std::size_t kBatchBytesMax = std::size_t{8} << 20;  // one larger put goes alone
  static constexpr std::size_t kWaitingBytesMax = std::size_t{64} << 20;

  // Told before anybody else hears of it. REQUIRES: neither hands anything over.
  struct Listener {
    std::function<void(std::size_t jobs)> stored;  // the oldest `jobs` are durable
    std::function<void()> failed;                  // all others will not be
  };
  // REQUIRES: all outlive the writer.
  GroupWriter(Executor& executor, Table& table, Sealer& sealer, Listener listener);

  // One thing that is stored whole or not at all.
  class Job;
  using Ticket = std::shared_ptr<Job>;
  // REQUIRES: has_room(). Empty lists: answers once everything before is durable.
  Ticket hand_over(std::vector<SealedPut> puts, std::vector<std::string> erase);
  // Cancelling it does not cancel the write.
  Task<Result<void>> wait(Ticket ticket);

  // False while too much waits already: who hands over more must be refused.
  [[nodiscard]] bool has_room() const { return waiting_bytes_ < kWaitingBytesMax; }
  // Why the last batch failed; nothing after one that did not.
  [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

 private:
  Task<void> run();
  std::vector<Ticket> take_group();
  Task<Result<void>> store(std::vector<Ticket> group);
  void fail_all(std::vector<Ticket> group, const Error& error);

  Table& table_;
  Sealer& sealer_;
  Listener listener_;
  std::deque<Ticket> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool running_ = false;
  std::optional<Error> trouble_;
  // Keys of batches that failed, perhaps after they were stored: erased, or put anew, by the next.
  std::set<std::string> unsure_;
  Notify ended_;
  TaskScope tasks_;
};

class GroupWriter::Job {
  friend class GroupWriter;
  std::vector<SealedPut> puts_;
  std::vector<std::string> erase_;
  std::size_t bytes_ = 0;
  std::optional<Result<void>> end_;
};

}  // namespace a67
