#include "engine/vault/recovery_words.h"

#include <sodium.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/base/crypto.h"

namespace a67 {
namespace {

constexpr std::string_view kConsonants = "bdfghjklmnprstvz";
constexpr std::string_view kVowels = "aiou";
constexpr std::size_t kWordLetters = 5;
constexpr std::size_t kLetters = kRecoveryWords * kWordLetters;
constexpr std::string_view kChecksumLabel = "automator67/recovery-words/v1";
constexpr std::string_view kHint =
    "Compare the words with your recovery kit: nine words of five letters, as in `lusab-babad`.";

std::uint16_t checksum_of(const RecoverySecret& secret) {
  std::string text(kChecksumLabel);
  text.reserve(text.size() + secret.size());
  text.append(reinterpret_cast<const char*>(secret.data()), secret.size());
  const Sensitive<std::string> wiped(std::move(text));
  const Digest digest = sha256(wiped.expose());
  return static_cast<std::uint16_t>((digest[0] << 8) | digest[1]);
}

void append_word(std::string& text, std::uint16_t number) {
  text += kConsonants[number >> 12];
  text += kVowels[(number >> 10) & 3];
  text += kConsonants[(number >> 6) & 15];
  text += kVowels[(number >> 4) & 3];
  text += kConsonants[number & 15];
}

// How many bytes of a separator start here; 0 for a letter. Includes the dashes and spaces that a
// word processor or phone puts in: U+00A0 and U+2000 to U+2015.
std::size_t separator_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t offset) {
    return at + offset < text.size() ? static_cast<unsigned char>(text[at + offset]) : 0U;
  };
  if (std::string_view(" \t\r\n-,.;_").contains(text[at])) return 1;
  if (byte(0) == 0xC2 && byte(1) == 0xA0) return 2;
  if (byte(0) == 0xE2 && byte(1) == 0x80 && byte(2) >= 0x80 && byte(2) <= 0x95) return 3;
  return 0;
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

struct Letters {
  Sensitive<std::string> text;          // all of them, lower case
  std::vector<std::size_t> word_sizes;  // as they were written
};

Letters letters_of(std::string_view text) {
  Letters letters;
  std::string all;
  all.reserve(text.size());
  bool in_word = false;
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t skipped = separator_at(text, at); skipped > 0) {
      in_word = false;
      at += skipped;
      continue;
    }
    if (!std::exchange(in_word, true)) letters.word_sizes.push_back(0);
    ++letters.word_sizes.back();
    all += lower(text[at]);
    ++at;
  }
  letters.text = Sensitive<std::string>(std::move(all));
  return letters;
}

std::unexpected<Error> wrong_word(std::size_t index, const std::string& why) {
  const std::string number = std::to_string(index + 1);
  return fail(ErrorCode::kInvalidInput, "Word " + number + " of the recovery words " + why,
              std::string(kHint), "word." + number);
}

// Letters that do not make nine words: which of those written is to blame?
std::unexpected<Error> wrong_size(const std::vector<std::size_t>& sizes) {
  const auto wrong =
      std::ranges::find_if(sizes, [](std::size_t size) { return size != kWordLetters; });
  if (sizes.size() > 1 && wrong != sizes.end()) {
    return wrong_word(static_cast<std::size_t>(wrong - sizes.begin()),
                      "has " + std::to_string(*wrong) + " letters instead of five.");
  }
  return fail(ErrorCode::kInvalidInput,
              "There are " + std::to_string(sizes.size()) + " recovery words instead of nine.",
              std::string(kHint));
}

// The 16 bits of a word; nothing when it is none.
std::optional<std::uint16_t> number_of(std::string_view word) {
  std::uint32_t number = 0;
  for (std::size_t at = 0; at < kWordLetters; ++at) {
    const bool vowel = at % 2 == 1;
    const std::size_t value = (vowel ? kVowels : kConsonants).find(word[at]);
    if (value == std::string_view::npos) return std::nullopt;
    number = (number << (vowel ? 2 : 4)) | static_cast<std::uint32_t>(value);
  }
  return static_cast<std::uint16_t>(number);
}

}  // namespace

Sensitive<std::string> write_recovery_words(const Sensitive<RecoverySecret>& secret) {
  const RecoverySecret& bytes = secret.expose();
  std::string text;
  text.reserve(kLetters + kRecoveryWords);
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    append_word(text, static_cast<std::uint16_t>((bytes[at] << 8) | bytes[at + 1]));
    text += '-';
  }
  append_word(text, checksum_of(bytes));
  return Sensitive<std::string>(std::move(text));
}

Result<Sensitive<RecoverySecret>> read_recovery_words(std::string_view text) {
  if (text.size() > kRecoveryTextBytesMax) {
    return fail(ErrorCode::kInvalidInput, "This is too long for nine recovery words.",
                std::string(kHint));
  }
  const Letters letters = letters_of(text);
  const std::string& all = letters.text.expose();
  if (all.size() != kLetters) return wrong_size(letters.word_sizes);

  RecoverySecret bytes{};
  std::uint16_t checksum = 0;
  for (std::size_t word = 0; word < kRecoveryWords; ++word) {
    const auto number = number_of(std::string_view(all).substr(word * kWordLetters, kWordLetters));
    if (!number) {
      sodium_memzero(bytes.data(), bytes.size());
      return wrong_word(word,
                        "cannot be one: consonants (b d f g h j k l m n p r s t v z) and vowels "
                        "(a i o u) take turns.");
    }
    if (word + 1 == kRecoveryWords) {
      checksum = *number;
    } else {
      bytes[word * 2] = static_cast<std::uint8_t>(*number >> 8);
      bytes[word * 2 + 1] = static_cast<std::uint8_t>(*number & 0xFF);
    }
  }
  Sensitive<RecoverySecret> secret(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  if (checksum_of(secret.expose()) != checksum) {
    return fail(ErrorCode::kInvalidInput,
                "Each recovery word is well-formed, but together they do not fit: one of them is "
                "another word, or two changed places.",
                std::string(kHint));
  }
  return secret;
}

}  // namespace a67
