#include "node-wrapper/runtime/worker.h"

#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

namespace a67 {

Worker::Worker(boost::asio::io_context& io) : io_(io) {
  // Signals are the control thread's business: the new thread inherits a full mask.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { loop(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    pieces_.clear();
  }
  wake_.notify_one();
  thread_.join();
}

void Worker::run(std::function<void()> work, std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    pieces_.push_back({std::move(work), std::move(done), boost::asio::make_work_guard(io_)});
  }
  wake_.notify_one();
}

void Worker::loop() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !pieces_.empty(); });
    if (stopping_) return;
    Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    lock.unlock();
    piece.work();
    lock.lock();
    if (stopping_) return;
    lock.unlock();
    boost::asio::post(io_, std::move(piece.done));
  }
}

}  // namespace a67
