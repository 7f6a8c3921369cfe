#include "hooks/http_get.h"

#include <curl/curl.h>

namespace strims::hooks {
namespace {

constexpr long kTotalMs = 2'000;
constexpr long kConnectMs = 1'000;
constexpr size_t kMaxBody = size_t{8} << 20;

size_t on_data(char* data, size_t size, size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > kMaxBody) return 0;
  body.append(data, size * count);
  return size * count;
}

int on_progress(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<const std::atomic<bool>*>(stop) ? 1 : 0;
}

}  // namespace

struct HttpClient::Handle {
  CURL* curl = curl_easy_init();
  const std::atomic<bool>& stop;
  ~Handle() { curl_easy_cleanup(curl); }
};

HttpClient::HttpClient(const std::atomic<bool>& stop)
    : handle_(std::unique_ptr<Handle>(new Handle{.stop = stop})) {}

HttpClient::~HttpClient() = default;

Result<HttpAnswer> HttpClient::request(const std::string& method, const std::string& url) {
  CURL* curl = handle_->curl;
  if (curl == nullptr) return fail(Errc::unavailable, "unreachable", "libcurl does not start");
  HttpAnswer answer;
  curl_easy_reset(curl);  // connections are kept
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, kTotalMs);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, kConnectMs);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_data);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &handle_->stop);
  const CURLcode done = curl_easy_perform(curl);
  if (done == CURLE_WRITE_ERROR)
    return fail(Errc::too_large, "too_large", "The answer is too long.");
  if (done != CURLE_OK) return fail(Errc::unavailable, "unreachable", curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  return answer;
}

}  // namespace strims::hooks
