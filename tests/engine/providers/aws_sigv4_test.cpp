// Vectors: docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, its four
// examples.
#include "engine/providers/aws_sigv4.h"

#include <algorithm>
#include <catch_amalgamated.hpp>
#include <string>

using a67::HttpRequest;

namespace {

constexpr a67::UnixMs kMay24th2013 = 1'369'353'600'000;
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kHost = "https://examplebucket.s3.amazonaws.com";

std::string header_of(const HttpRequest& request, std::string_view name) {
  const auto found =
      std::ranges::find_if(request.headers, [&](const auto& one) { return one.first == name; });
  return found == request.headers.end() ? std::string() : found->second;
}

std::string signed_as(HttpRequest request) {
  sign_aws_v4(request, {.key = "AKIAIOSFODNN7EXAMPLE",
                        .secret = kSecret,
                        .region = "us-east-1",
                        .service = "s3",
                        .now = kMay24th2013});
  CHECK(header_of(request, "x-amz-date") == "20130524T000000Z");
  return header_of(request, "Authorization");
}

std::string authorization(std::string_view signed_headers, std::string_view signature) {
  return "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
         "SignedHeaders=" +
         std::string(signed_headers) + ", Signature=" + std::string(signature);
}

HttpRequest request_to(std::string method, std::string_view rest) {
  HttpRequest request;
  request.method = std::move(method);
  request.url = std::string(kHost) + std::string(rest);
  return request;
}

}  // namespace

TEST_CASE("a request for part of an object is signed as AWS shows it", "[sigv4]") {
  HttpRequest request = request_to("GET", "/test.txt");
  request.headers = {{"Range", "bytes=0-9"}};
  CHECK(signed_as(request) ==
        authorization("host;range;x-amz-content-sha256;x-amz-date",
                      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
}

TEST_CASE("a request that writes an object is signed as AWS shows it", "[sigv4]") {
  HttpRequest request = request_to("PUT", "/test%24file.text");
  request.headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                     {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  request.body = "Welcome to Amazon S3.";
  CHECK(signed_as(request) ==
        authorization("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

TEST_CASE("a query of a name without a value is signed as AWS shows it", "[sigv4]") {
  CHECK(signed_as(request_to("GET", "/?lifecycle")) ==
        authorization("host;x-amz-content-sha256;x-amz-date",
                      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
}

TEST_CASE("a query is signed in order of its names", "[sigv4]") {
  const std::string wanted =
      authorization("host;x-amz-content-sha256;x-amz-date",
                    "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  CHECK(signed_as(request_to("GET", "/?max-keys=2&prefix=J")) == wanted);
  CHECK(signed_as(request_to("GET", "/?prefix=J&max-keys=2")) == wanted);
}

TEST_CASE("bytes that the host keeps are signed as unsigned", "[sigv4]") {
  HttpRequest request = request_to("PUT", "/big");
  request.blob = "kept";
  sign_aws_v4(request, {.key = "AKIAIOSFODNN7EXAMPLE",
                        .secret = kSecret,
                        .region = "us-east-1",
                        .service = "s3",
                        .now = kMay24th2013});
  CHECK(header_of(request, "x-amz-content-sha256") == "UNSIGNED-PAYLOAD");
}
