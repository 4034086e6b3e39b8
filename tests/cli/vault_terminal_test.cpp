// The vault of the command line with somebody at a terminal.
#include <catch_amalgamated.hpp>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/cli/program.h"

using a67::cli::test::OnTerminal;
using a67::cli::test::Program;
using a67::cli::test::read_all;
using a67::cli::test::Run;
using a67::cli::test::write_private;
namespace fs = std::filesystem;

namespace {

const std::string kPassphrase = "planted violet canoe";
const std::string kAsked = "Passphrase of the vault in ";

struct Guarded : Program {
  Guarded() {
    write_private(path("passphrase"), kPassphrase + "\n");
    const Run run = this->run({"vault", "protect", "--passphrase-file", path("passphrase"),
                               "--recovery-out", path("words")});
    INFO(run.out << run.err);
    REQUIRE(run.exit == 0);
  }
};

// The words between the two empty lines.
std::vector<std::string> shown_words(const std::string& shown) {
  std::vector<std::string> words;
  const std::size_t begin = shown.find("not shown again.");
  REQUIRE(begin != std::string::npos);
  std::size_t at = shown.find_first_of("bdfghjklmnprstvz", begin + 16);
  for (; words.size() < 9; at += 6) words.push_back(shown.substr(at, 5));
  return words;
}

// Answers "Word 3: " with what `answer` makes of the third word.
template <class Answer>
void type_back(OnTerminal& terminal, const std::vector<std::string>& words, Answer answer) {
  const std::size_t at = terminal.expect("Word ");
  terminal.expect(": ");
  const auto number = static_cast<std::size_t>(terminal.all()[at] - '0');
  terminal.type(answer(words.at(number - 1)) + "\n");
}

std::string as_it_is(const std::string& word) { return word; }

}  // namespace

TEST_CASE("terminal: the passphrase is asked for, and never shown", "[cli]") {
  const Guarded program;
  OnTerminal terminal(program, {"settings"});
  terminal.expect(kAsked);
  CHECK_FALSE(terminal.echoes());
  terminal.type(kPassphrase + "\n");
  terminal.expect("Heartbeat every");
  CHECK(terminal.wait() == 0);
  CHECK(terminal.echoes());
  CHECK_FALSE(terminal.all().contains(kPassphrase));
}

TEST_CASE("terminal: a wrong passphrase is asked for again, three times in all", "[cli]") {
  const Guarded program;
  {
    OnTerminal terminal(program, {"settings"});
    terminal.expect(kAsked);
    terminal.type("planted mistake\n");
    terminal.expect("That does not open the vault. Try again.");
    terminal.expect(kAsked);
    terminal.type(kPassphrase + "\n");
    CHECK(terminal.wait() == 0);
  }
  OnTerminal terminal(program, {"settings"});
  for (int asked = 0; asked < 3; ++asked) {
    terminal.expect(kAsked);
    terminal.type("planted mistake\n");
  }
  CHECK(terminal.wait() == 6);
  CHECK(terminal.all().contains("--recovery-file"));
  CHECK_FALSE(terminal.all().contains("planted mistake"));
}

TEST_CASE("terminal: whatever ends the question, the terminal shows again what is typed", "[cli]") {
  const Guarded program;
  SECTION("Ctrl-C") {
    OnTerminal terminal(program, {"settings"});
    terminal.expect(kAsked);
    terminal.type("planted\x03");
    CHECK(terminal.wait() == 11);
    CHECK(terminal.echoes());
  }
  SECTION("Ctrl-D") {
    OnTerminal terminal(program, {"settings"});
    terminal.expect(kAsked);
    terminal.type("\x04");
    CHECK(terminal.wait() == 6);
    CHECK(terminal.echoes());
  }
  SECTION("a signal") {
    for (const int number : {SIGTERM, SIGHUP}) {
      OnTerminal terminal(program, {"settings"});
      terminal.expect(kAsked);
      terminal.signal(number);
      CHECK(terminal.wait() == 11);
      CHECK(terminal.echoes());
    }
  }
}

TEST_CASE("terminal: protect has the passphrase typed twice and two words typed back", "[cli]") {
  const Program program;
  OnTerminal terminal(program, {"vault", "protect"});
  terminal.expect("New passphrase: ");
  terminal.type("short\n");
  terminal.expect("at least 8 characters");
  terminal.expect("New passphrase: ");
  terminal.type(kPassphrase + "\n");
  terminal.expect("Once more: ");
  terminal.type("planted mistake\n");
  terminal.expect("These two differ.");
  terminal.expect("New passphrase: ");
  terminal.type(kPassphrase + "\n");
  terminal.expect("Once more: ");
  terminal.type(kPassphrase + "\n");
  terminal.expect("\r\n\r\n  ");
  terminal.expect("\r\n\r\n");
  const auto words = shown_words(terminal.all());
  type_back(terminal, words, [](const std::string&) { return std::string("wrong"); });
  terminal.expect("That is another word.");
  type_back(terminal, words, as_it_is);
  type_back(terminal, words, as_it_is);
  terminal.expect("with the passphrase");
  CHECK(terminal.wait() == 0);
  CHECK_FALSE(terminal.all().contains(kPassphrase));
  CHECK_FALSE(fs::exists(program.data() / "device.key"));

  std::string text;
  for (const std::string& word : words) text += word + " ";
  write_private(program.path("words"), text);
  CHECK(program.run({"apps", "--recovery-file", program.path("words")}).exit == 0);
  write_private(program.path("passphrase"), kPassphrase);
  CHECK(program.run({"apps", "--passphrase-file", program.path("passphrase")}).exit == 0);
}

TEST_CASE("terminal: words that are not typed back change nothing", "[cli]") {
  const Program program;
  write_private(program.path("passphrase"), kPassphrase);
  OnTerminal terminal(program,
                      {"vault", "protect", "--passphrase-file", program.path("passphrase")});
  for (int asked = 0; asked < 3; ++asked) {
    terminal.expect("Word ");
    terminal.expect(": ");
    terminal.type("wrong\n");
  }
  CHECK(terminal.wait() == 11);
  CHECK(terminal.all().contains("Nothing was changed."));
  CHECK(program.run({"vault", "status"}).out.contains("with the device key"));
  CHECK_FALSE(program.run({"vault", "status"}).out.contains("with the recovery words"));
}

TEST_CASE("terminal: while a watch runs, nothing is asked and no secret is handed to it", "[cli]") {
  const Guarded program;
  OnTerminal watch(program, {"watch"});
  watch.expect(kAsked);
  watch.type(kPassphrase + "\n");
  watch.expect("Ctrl-C stops.");
  CHECK(program.run({"settings", "--heartbeat-seconds", "9"}).exit == 0);
  const Run status = program.run({"vault", "status", "--json"});
  CHECK(status.out.contains("\"open\""));
  CHECK(program.run({"vault", "rotate"}).exit == 0);
  const Run refused =
      program.run({"vault", "remember", "--passphrase-file", program.path("passphrase")});
  CHECK(refused.exit == 5);
  CHECK(refused.err.contains("A watch is running"));
  watch.type("\x03");
  CHECK(watch.wait() == 0);
  CHECK(program.run({"settings", "--passphrase-file", program.path("passphrase")})
            .out.starts_with("Heartbeat every 9 s\n"));
}
