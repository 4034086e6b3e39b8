#include "engine/vault/recovery_words.h"

#include <catch_amalgamated.hpp>
#include <set>
#include <string>

#include "engine/base/random.h"

namespace a67 {
namespace {

RecoverySecret secret_of(std::uint64_t number) {
  RecoverySecret secret{};
  Random::from_number(number).fill(secret);
  return secret;
}

std::string words_of(const RecoverySecret& secret) {
  return write_recovery_words(Sensitive<RecoverySecret>(secret)).expose();
}

bool reads_as(std::string_view text, const RecoverySecret& secret) {
  const auto read = read_recovery_words(text);
  return read && read->expose() == secret;
}

Error error_of(std::string_view text) {
  const auto read = read_recovery_words(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == ErrorCode::kInvalidInput);
  CHECK_FALSE(read.error().hint.empty());
  return read.error();
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

TEST_CASE("recovery words: the published proquint examples", "[vault]") {
  // arXiv:0901.4016: 127.0.0.1 is lusab-babad, 63.84.220.193 gutih-tugad, 140.98.193.141 nuhij-...
  const RecoverySecret secret = {127, 0, 0, 1, 63, 84, 220, 193, 140, 98, 193, 141, 0, 0, 255, 255};
  CHECK(words_of(secret).starts_with("lusab-babad-gutih-tugad-mudof-sakat-babab-zuzuz-"));
}

TEST_CASE("recovery words: what is written is read, for many secrets", "[vault]") {
  std::set<std::string> seen;
  for (std::uint64_t number = 0; number < 500; ++number) {
    const RecoverySecret secret = secret_of(number);
    const std::string words = words_of(secret);
    CHECK(words.size() == 9 * 5 + 8);
    CHECK(reads_as(words, secret));
    seen.insert(words);
  }
  CHECK(seen.size() == 500);
}

TEST_CASE("recovery words: how people write them down makes no difference", "[vault]") {
  const RecoverySecret secret = secret_of(1);
  const std::string words = words_of(secret);
  std::string capitals = words;
  for (char& letter : capitals) {
    if (letter >= 'a') letter = static_cast<char>(letter - 'a' + 'A');
  }
  CHECK(reads_as(capitals, secret));
  CHECK(reads_as(replaced(words, "-", " "), secret));
  CHECK(reads_as(replaced(words, "-", ""), secret));
  CHECK(reads_as(replaced(words, "-", "\r\n"), secret));
  CHECK(reads_as("  " + replaced(words, "-", " , ") + ".\n", secret));
  CHECK(reads_as(replaced(words, "-", "\xE2\x80\x93"), secret));  // en dash
  CHECK(reads_as(replaced(words, "-", "\xC2\xA0"), secret));      // no-break space
}

TEST_CASE("recovery words: an error names the word that cannot be one", "[vault]") {
  const std::string words = words_of(secret_of(2));
  for (std::size_t word = 0; word < kRecoveryWords; ++word) {
    const std::string number = std::to_string(word + 1);
    std::string bent = words;
    bent[word * 6 + 1] = 'e';  // no vowel of ours
    CHECK(error_of(bent).field == "word." + number);
    CHECK(error_of(bent).message.contains("Word " + number));
    std::string shorter = words;
    shorter.erase(word * 6 + 2, 1);
    CHECK(error_of(shorter).field == "word." + number);
    CHECK(error_of(shorter).message.contains("4 letters"));
  }
}

TEST_CASE("recovery words: an error never repeats a word", "[vault]") {
  const std::string words = words_of(secret_of(3));
  std::string bent = words;
  bent[1] = 'e';
  std::string shorter = words;
  shorter.erase(2, 1);
  for (const std::string& wrong : {bent, shorter, words.substr(6), words + "-babab"}) {
    const Error error = error_of(wrong);
    for (std::size_t at = 6; at + 5 <= words.size(); at += 6) {
      CHECK_FALSE(error.message.contains(words.substr(at, 5)));
      CHECK_FALSE(error.hint.contains(words.substr(at, 5)));
    }
  }
}

TEST_CASE("recovery words: another word, or two that changed places, fail the checksum",
          "[vault]") {
  const std::string words = words_of(secret_of(4));
  // One other letter in each place. The checksum has 16 bits: one change in 65,536 would pass.
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at] == '-') continue;
    std::string bent = words;
    const bool vowel = at % 6 == 1 || at % 6 == 3;
    const char other = vowel ? 'o' : 'r';
    const char another = vowel ? 'a' : 'b';
    bent[at] = bent[at] == other ? another : other;
    CHECK(error_of(bent).message.contains("do not fit"));
    CHECK(error_of(bent).field.empty());
  }
  const std::string swapped = words.substr(6, 5) + "-" + words.substr(0, 5) + words.substr(11);
  CHECK(error_of(swapped).message.contains("do not fit"));
}

TEST_CASE("recovery words: too few, too many and none are counted", "[vault]") {
  const std::string words = words_of(secret_of(5));
  CHECK(error_of(words.substr(6)).message.contains("8 recovery words"));
  CHECK(error_of(words + "-babab").message.contains("10 recovery words"));
  CHECK(error_of("").message.contains("0 recovery words"));
  CHECK(error_of(" - \n").message.contains("0 recovery words"));
  CHECK(error_of(std::string(kRecoveryTextBytesMax + 1, 'a')).message.contains("too long"));
  CHECK(error_of("\xE2\x80").message.contains("1 recovery words"));
}

}  // namespace
}  // namespace a67
