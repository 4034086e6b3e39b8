// A strict server of TUS 1.0.0 (tus.io/protocols/resumable-upload) with the extensions creation and
// termination, as Supabase runs one: chunks of exactly 6 MiB but for the last.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "tests/fakes/fake_provider.h"

namespace a67::fakes {

class FakeTus {
 public:
  static constexpr std::size_t kChunkBytes = std::size_t{6} << 20;

  struct Upload {
    std::map<std::string, std::string> metadata;
    std::string bytes;
    std::size_t length = 0;
  };
  using OnDone = std::function<void(Upload)>;

  explicit FakeTus(std::string path) : path_(std::move(path)) {}

  // Upload-Metadata of a creation, its values decoded.
  static std::map<std::string, std::string> metadata_of(const FakeRequest& request);
  static FakeAnswer refusal(int status, const char* text);

  FakeAnswer create(const FakeRequest& request, const std::string& id);
  // HEAD, PATCH and DELETE of an upload: its id is the route's part.
  FakeAnswer handle(const FakeRequest& request, const OnDone& on_done);

 private:
  FakeAnswer take(const FakeRequest& request, Upload& upload, const OnDone& on_done);

  std::string path_;
  std::map<std::string, Upload> uploads_;
  std::size_t done_ = 0;
};

}  // namespace a67::fakes
