#include "proto/http_parser.h"

#define BOOST_BEAST_HEADER_ONLY 1
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <variant>

#include "proto/http_chunked.h"
#include "proto/http_head_scan.h"
#include "proto/http_rules.h"

// Three steps: HeadScan refuses spellings that Beast tolerates (line folding, ...) and keeps our
// bounds, Beast takes the whole head apart, apply_rules looks at what the headers mean. The body is
// ours, since Beast's chunk decoder wants a chunk's line and all trailers in one buffer, tolerates
// white space in them and knows no bound for them.

namespace strims::proto {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using BeastView = boost::beast::string_view;

std::string text(BeastView v) {
  return {v.data(), v.size()};
}

// Collects the pieces of the head into a Request.
class HeadReader final : public http::basic_parser<true> {
 public:
  explicit HeadReader(Request& request) : request_(request) {}

 private:
  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       error_code&) override {
    request_.method = text(method);
    request_.target = text(target);
    request_.version_minor = version - 10;
  }
  void on_field_impl(http::field, BeastView name, BeastView value, error_code&) override {
    request_.headers.push_back({text(name), text(value)});
  }
  void on_response_impl(int, BeastView, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  size_t on_body_impl(BeastView body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, BeastView, error_code&) override {}
  size_t on_chunk_body_impl(std::uint64_t, BeastView body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  Request& request_;
};

std::string_view reason_of(const error_code& ec) {
  if (ec == http::error::bad_content_length || ec == http::error::multiple_content_length ||
      ec == http::error::bad_transfer_encoding)
    return "bad_framing";
  if (ec == http::error::bad_value) return "bad_header_value";
  return "bad_request";
}

// Takes apart a head that HeadScan has passed.
std::optional<HttpError> read_head(const std::string& head, Request& request) {
  try {
    HeadReader reader(request);
    reader.header_limit(static_cast<std::uint32_t>(head.size() + 4));
    reader.skip(true);
    error_code ec;
    const size_t used = reader.put(boost::asio::buffer(head), ec);
    if (ec) return HttpError{400, reason_of(ec)};
    if (!reader.is_header_done() || used != head.size()) return HttpError{400, "bad_request"};
    return std::nullopt;
  } catch (const std::exception&) {
    return HttpError{400, "bad_request"};
  }
}

}  // namespace

struct HttpParser::Impl {
  HttpLimits limits;
  HeadScan scan;
  Request request;
  Framing framing;
  std::optional<ChunkedDecoder> chunks;
  uint64_t body_left = 0;
  State state = State::need_more;
  bool in_body = false;
  HttpError error;

  void fail(const HttpError& e) {
    state = State::error;
    error = e;
    request = Request();
  }
  void finish_head();
  size_t feed_body(std::string_view bytes);
};

void HttpParser::Impl::finish_head() {
  if (const auto e = read_head(scan.text(), request)) return fail(*e);
  if (const auto e = apply_rules(request, framing)) return fail(*e);
  scan.clear();
  state = State::head;
}

size_t HttpParser::Impl::feed_body(std::string_view bytes) {
  if (chunks) {
    const size_t used = chunks->feed(bytes, request.body, limits);
    if (chunks->error()) {
      fail(*chunks->error());
    } else if (chunks->done()) {
      state = State::done;
    }
    return used;
  }
  const size_t used = std::min<uint64_t>(body_left, bytes.size());
  request.body.append(bytes.substr(0, used));
  body_left -= used;
  if (body_left == 0) state = State::done;
  return used;
}

HttpParser::HttpParser(const HttpLimits& limits) : s_(std::make_unique<Impl>()) {
  s_->limits = limits;
}
HttpParser::~HttpParser() = default;
HttpParser::HttpParser(HttpParser&&) noexcept = default;
HttpParser& HttpParser::operator=(HttpParser&&) noexcept = default;

size_t HttpParser::feed(std::string_view bytes) {
  if (s_->state != State::need_more || bytes.empty()) return 0;
  if (s_->in_body) return s_->feed_body(bytes);
  const size_t used = s_->scan.feed(bytes, s_->limits);
  if (s_->scan.error()) {
    s_->fail(*s_->scan.error());
  } else if (s_->scan.done()) {
    s_->finish_head();
  }
  return used;
}

HttpParser::State HttpParser::state() const {
  return s_->state;
}

bool HttpParser::expects_body() const {
  return s_->framing.chunked || s_->framing.content_length > 0;
}

void HttpParser::accept_body(uint64_t limit) {
  if (s_->state != State::head) return;
  if (s_->framing.content_length > limit) return s_->fail({413, "body_too_large"});
  s_->in_body = true;
  s_->state = expects_body() ? State::need_more : State::done;
  if (s_->framing.chunked) {
    s_->chunks.emplace(limit);
  } else {
    s_->body_left = s_->framing.content_length;
  }
}

const Request& HttpParser::request() const {
  return s_->request;
}

Request HttpParser::take() {
  Request request = std::move(s_->request);
  const HttpLimits limits = s_->limits;
  *s_ = Impl();
  s_->limits = limits;
  return request;
}

bool HttpParser::started() const {
  return s_->state != State::need_more || s_->in_body || s_->scan.started();
}

HttpError HttpParser::error() const {
  return s_->error;
}

}  // namespace strims::proto
