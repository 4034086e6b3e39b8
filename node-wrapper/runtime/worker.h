// One thread for what blocks (unpacking, waiting for the disk, removing trees), so that the control
// thread never does.
//
// Work is done in the order it was given; a piece's `done` runs on the io_context. The destructor
// waits for the piece under way and drops the rest without calling anybody back.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace a67 {

class Worker {
 public:
  explicit Worker(boost::asio::io_context& io);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void run(std::function<void()> work, std::function<void()> done);

 private:
  struct Piece {
    std::function<void()> work;
    std::function<void()> done;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
  };
  void loop();

  boost::asio::io_context& io_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Piece> pieces_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace a67
