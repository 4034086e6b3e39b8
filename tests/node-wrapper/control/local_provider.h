// A provider on this machine, for tests of what is forwarded.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace a67::test {

inline const std::string kFine =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-RateLimit-Remaining: 7\r\n"
    "Set-Cookie: session=1\r\nServer: acme\r\nContent-Length: 2\r\n\r\n{}";

// Takes one connection after the other and answers each with `says`,
// once it may.
class LocalProvider {
 public:
  explicit LocalProvider(std::string says) : says_(std::move(says)) {
    thread_ = std::thread([this] { serve(); });
  }
  ~LocalProvider() {
    release();
    stopping_ = true;
    boost::asio::ip::tcp::socket knock(context_);
    boost::system::error_code ignored;
    knock.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
    for (std::thread& one : answers_) one.join();
  }
  LocalProvider(const LocalProvider&) = delete;
  LocalProvider& operator=(const LocalProvider&) = delete;

  [[nodiscard]] std::string origin() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  // No answers until release().
  void hold() {
    const std::scoped_lock lock(mutex_);
    held_ = true;
  }
  void release() {
    const std::scoped_lock lock(mutex_);
    held_ = false;
    changed_.notify_all();
  }
  // Waits until so many requests came, and gives them.
  std::vector<std::string> requests(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return requests_.size() >= count; });
    return requests_;
  }
  [[nodiscard]] bool was_asked() {
    const std::scoped_lock lock(mutex_);
    return !requests_.empty();
  }

 private:
  void serve() {
    while (!stopping_) {
      boost::asio::ip::tcp::socket socket(context_);
      acceptor_.accept(socket);
      if (stopping_) return;
      answers_.emplace_back([this, taken = std::move(socket)]() mutable { answer(taken); });
    }
  }

  void answer(boost::asio::ip::tcp::socket& socket) {
    boost::system::error_code ignored;
    std::string request;
    const std::size_t head =
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(request), "\r\n\r\n", ignored);
    const auto length = request.find("Content-Length: ");
    if (length != std::string::npos && length < head) {
      const auto wanted = head + std::stoul(request.substr(length + 16));
      while (request.size() < wanted && !ignored) {
        std::array<char, 65536> piece{};
        request.append(piece.data(), socket.read_some(boost::asio::buffer(piece), ignored));
      }
    }
    std::unique_lock lock(mutex_);
    requests_.push_back(request);
    changed_.notify_all();
    changed_.wait(lock, [&] { return !held_; });
    lock.unlock();
    boost::asio::write(socket, boost::asio::buffer(says_), ignored);
  }

  std::string says_;
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_{context_,
                                           {boost::asio::ip::make_address_v4("127.0.0.1"), 0}};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> requests_;
  bool held_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
  std::vector<std::thread> answers_;
};

}  // namespace a67::test
