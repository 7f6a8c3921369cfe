// The server side of TLS: a certificate with its key, and sockets that speak TLS 1.2 or 1.3 with
// it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "net/socket.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace strims::net {

class TlsContext {
 public:
  // Reads a PEM certificate chain (leaf first) and its PEM key, which must not be encrypted. Also
  // ignores SIGPIPE in the whole process, because OpenSSL writes without MSG_NOSIGNAL. Errors:
  // invalid/"bad_certificate" with OpenSSL's reason (unreadable file, no match of key and
  // certificate...).
  static Result<std::shared_ptr<TlsContext>> load(std::string certificate_path,
                                                  std::string key_path);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // Any thread. Reads both files again; connections accepted from then on use them, earlier ones
  // are not disturbed. After an error (as in load) the old certificate stays in use.
  Result<void> reload();
  // Any thread. Wraps a plain socket with a descriptor. The handshake happens inside
  // read(). ALPN answers "http/1.1" and refuses clients that offer other protocols only (RFC 7301
  // section 3.2). Out of memory: the descriptor is closed and the socket is not valid;
  // nor is it for a stream.
  Socket accept(Socket plain);

 private:
  struct FreeContext {
    void operator()(ssl_ctx_st* context) const;
  };
  using Context = std::unique_ptr<ssl_ctx_st, FreeContext>;
  TlsContext(std::string certificate_path, std::string key_path)
      : certificate_path_(std::move(certificate_path)), key_path_(std::move(key_path)) {}
  Result<Context> read_files() const;

  const std::string certificate_path_;
  const std::string key_path_;
  std::mutex mutex_;
  Context context_;  // guarded by mutex_; sessions hold their own reference
};

}  // namespace strims::net
