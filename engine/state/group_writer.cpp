#include "engine/state/group_writer.h"

#include <utility>

namespace a67 {

GroupWriter::GroupWriter(Executor& executor, Table& table, Sealer& sealer, Listener listener)
    : table_(table),
      sealer_(sealer),
      listener_(std::move(listener)),
      ended_(executor),
      tasks_(executor) {}

GroupWriter::Ticket GroupWriter::hand_over(std::vector<SealedPut> puts,
                                           std::vector<std::string> erase) {
  auto job = std::make_shared<Job>();
  for (const SealedPut& put : puts) job->bytes_ += put.key.size() + put.plain.size();
  job->puts_ = std::move(puts);
  job->erase_ = std::move(erase);
  waiting_bytes_ += job->bytes_;
  waiting_.push_back(job);
  if (!running_) {
    running_ = true;
    tasks_.spawn(run());
  }
  return job;
}

Task<Result<void>> GroupWriter::wait(Ticket ticket) {
  while (!ticket->end_) co_await ended_.wait();
  co_return *ticket->end_;
}

Task<void> GroupWriter::run() {
  while (!waiting_.empty()) {
    std::vector<Ticket> group = take_group();
    const Result<void> stored = co_await store(group);
    if (stored) {
      trouble_.reset();
      listener_.stored(group.size());
      for (const Ticket& job : group) job->end_ = Result<void>{};
    } else {
      fail_all(std::move(group), stored.error());
    }
    ended_.notify_all();
  }
  running_ = false;
}

std::vector<GroupWriter::Ticket> GroupWriter::take_group() {
  std::vector<Ticket> group;
  std::size_t puts = 0;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    const Ticket& next = waiting_.front();
    const bool fits =
        puts + next->puts_.size() <= kBatchPutsMax && bytes + next->bytes_ <= kBatchBytesMax;
    if (!group.empty() && !fits) break;
    puts += next->puts_.size();
    bytes += next->bytes_;
    waiting_bytes_ -= next->bytes_;
    group.push_back(next);
    waiting_.pop_front();
  }
  return group;
}

Task<Result<void>> GroupWriter::store(std::vector<Ticket> group) {
  std::vector<Sealer::Item> items;
  TableBatch batch;
  std::vector<std::string> prefixes;
  std::set<std::string> erase;
  for (const Ticket& job : group) {
    for (SealedPut& put : job->puts_) {
      items.push_back({.plain = std::move(put.plain), .ad = std::move(put.ad)});
      prefixes.push_back(std::move(put.prefix));
      batch.put.emplace_back(std::move(put.key), std::string());
    }
    erase.insert(job->erase_.begin(), job->erase_.end());
  }
  if (!items.empty()) {
    auto sealed = co_await sealer_.seal(std::move(items));
    if (!sealed) co_return std::unexpected(sealed.error());
    if (sealed->size() != batch.put.size()) {
      co_return fail(ErrorCode::kInternal, "The keyring sealed another number of texts.");
    }
    for (std::size_t at = 0; at < batch.put.size(); ++at) {
      batch.put[at].second = prefixes[at] + (*sealed)[at];
    }
  }
  erase.insert(unsure_.begin(), unsure_.end());
  for (const auto& put : batch.put) erase.erase(put.first);
  batch.erase.assign(erase.begin(), erase.end());
  if (batch.put.empty() && batch.erase.empty()) co_return Result<void>{};

  std::vector<std::string> keys;
  for (const auto& put : batch.put) keys.push_back(put.first);
  auto applied = co_await table_.apply(std::move(batch));
  if (applied) {
    unsure_.clear();
  } else {
    unsure_.insert(keys.begin(), keys.end());
  }
  co_return applied;
}

void GroupWriter::fail_all(std::vector<Ticket> group, const Error& error) {
  trouble_ = error;
  group.insert(group.end(), waiting_.begin(), waiting_.end());
  waiting_.clear();
  waiting_bytes_ = 0;
  listener_.failed();
  for (const Ticket& job : group) job->end_ = std::unexpected(error);
}

}  // namespace a67
