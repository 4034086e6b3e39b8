// The app of the runtime's tests: `test_app <what to do>`, as an app would be started, with PORT
// and HOME set.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool home_has(const std::string& name) {
  struct stat facts{};
  return ::stat((setting("HOME") + "/" + name).c_str(), &facts) == 0;
}

void note(const std::string& name, const std::string& text) {
  const int file =
      ::open((setting("HOME") + "/" + name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  [[maybe_unused]] const ssize_t ignored = ::write(file, text.data(), text.size());
  ::close(file);
}

int listen_on(int port, in_addr_t address = INADDR_LOOPBACK) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  ::setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(address);
  if (::bind(server, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    std::perror("bind");
    std::exit(4);
  }
  ::listen(server, 64);
  return server;
}

// Answers every request with 200, or 500 while HOME has a file `sick`.
[[noreturn]] void serve(int server) {
  for (;;) {
    const int client = ::accept(server, nullptr, nullptr);
    if (client < 0) continue;
    std::array<char, 4096> request{};
    if (::read(client, request.data(), request.size()) > 0) {
      const std::string body =
          setting("A67_REPLICA") + " of " + setting("A67_APP") + " says " + setting("GREETING");
      const std::string status = home_has("sick") ? "500 Sick" : "200 OK";
      const std::string answer = "HTTP/1.1 " + status +
                                 "\r\nContent-Length: " + std::to_string(body.size()) +
                                 "\r\nConnection: close\r\n\r\n" + body;
      [[maybe_unused]] const ssize_t ignored = ::write(client, answer.data(), answer.size());
    }
    ::close(client);
  }
}

// Two generations of children, the second in a session of its own and deaf to SIGTERM.
void start_family() {
  if (::fork() == 0) {
    if (::fork() == 0) {
      ::setsid();
      std::signal(SIGTERM, SIG_IGN);
      note("grandchild", std::to_string(::getpid()));
      for (;;) ::pause();
    }
    note("child", std::to_string(::getpid()));
    for (;;) ::pause();
  }
  while (!home_has("grandchild") || !home_has("child")) ::usleep(1000);
}

void finish_slowly(int) {
  ::usleep(200'000);
  note("finished", "yes");
  ::_exit(0);
}

// Touches 256 MB and keeps it.
[[noreturn]] void eat_memory() {
  const std::vector<char> meal(std::size_t{256} << 20, 'x');
  std::printf("ate %zu bytes\n", meal.size());
  for (;;) ::pause();
}

}  // namespace

int main(int count, char** words) {
  const std::string what = count > 1 ? words[1] : "serve";
  const int port = std::atoi(setting("PORT").c_str());
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::printf("started as %s\n", what.c_str());
  if (what == "crash") {
    std::fprintf(stderr, "cannot go on\n");
    return 3;
  }
  if (what == "crash-once") {
    if (home_has("crashed")) serve(listen_on(port));
    note("crashed", "yes");
    return 3;
  }
  if (what == "deaf") {
    for (;;) ::pause();
  }
  if (what == "other-port") serve(listen_on(0));
  if (what == "stubborn") std::signal(SIGTERM, SIG_IGN);
  if (what == "slow-stop") std::signal(SIGTERM, finish_slowly);
  if (what == "family") start_family();
  if (what == "hog") eat_memory();
  if (what == "chatty") {
    for (int i = 1; i <= 50; ++i) std::printf("line %d\n", i);
  }
  serve(listen_on(port));
}
