// For tests only: a self-signed certificate and a blocking TLS client.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "net/test_client.h"

namespace strims::net {

// A folder with a self-signed certificate and its key.
class TestCertificate {
 public:
  TestCertificate() {
    char name[] = "/tmp/strims_tls_XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;
  ~TestCertificate() { std::filesystem::remove_all(folder_); }
  std::string certificate() const { return folder_ + "/cert.pem"; }
  std::string key() const { return folder_ + "/key.pem"; }
  // Writes a new pair for `common_name` over the old one.
  void issue(const std::string& common_name) const {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3'600);
    X509_set_pubkey(x509, pair);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(x509, name);
    X509_sign(x509, pair, EVP_sha256());
    FILE* out = ::fopen(certificate().c_str(), "w");
    PEM_write_X509(out, x509);
    ::fclose(out);
    out = ::fopen(key().c_str(), "w");
    PEM_write_PrivateKey(out, pair, nullptr, nullptr, 0, nullptr, nullptr);
    ::fclose(out);
    X509_free(x509);
    EVP_PKEY_free(pair);
  }

 private:
  std::string folder_;
};

// Blocking TLS over a TestClient.
class TlsTestClient {
 public:
  struct Options {
    int version = 0;          // the only version offered; 0: any
    std::string_view alpn{};  // in wire form
    int receive_buffer = 0;
  };

  explicit TlsTestClient(uint16_t port) : TlsTestClient(port, Options{}) {}
  TlsTestClient(uint16_t port, const Options& options)
      : tcp_(port, options.receive_buffer), context_(SSL_CTX_new(TLS_client_method())) {
    if (options.version != 0) {
      SSL_CTX_set_security_level(context_, 0);  // so that old versions can be tried at all
      SSL_CTX_set_min_proto_version(context_, options.version);
      SSL_CTX_set_max_proto_version(context_, options.version);
    }
    ssl_ = SSL_new(context_);
    if (!options.alpn.empty()) {
      SSL_set_alpn_protos(ssl_, as_bytes(options.alpn).data(),
                          static_cast<unsigned>(options.alpn.size()));
    }
    SSL_set_fd(ssl_, tcp_.fd());
  }
  TlsTestClient(const TlsTestClient&) = delete;
  TlsTestClient& operator=(const TlsTestClient&) = delete;
  ~TlsTestClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ERR_clear_error();
  }
  bool connect() { return SSL_connect(ssl_) == 1; }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) ==
           static_cast<int>(bytes.size());
  }
  std::string receive(size_t size) {
    std::string got(size, '\0');
    size_t have = 0;
    while (have < size) {
      const int n = SSL_read(ssl_, got.data() + have, static_cast<int>(size - have));
      if (n <= 0) break;
      have += static_cast<size_t>(n);
    }
    got.resize(have);
    return got;
  }
  // Sends close_notify.
  void end() { SSL_shutdown(ssl_); }
  // True when the server ended the session with close_notify.
  bool ended_properly() {
    char c;
    const int n = SSL_read(ssl_, &c, 1);
    return n == 0 && SSL_get_error(ssl_, n) == SSL_ERROR_ZERO_RETURN;
  }
  std::string server_name() {
    X509* x509 = SSL_get1_peer_certificate(ssl_);
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(x509), NID_commonName, name, sizeof name);
    X509_free(x509);
    return name;
  }
  std::string alpn() {
    const unsigned char* data = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl_, &data, &length);
    return std::string(as_text({data, length}));
  }
  int version() { return SSL_version(ssl_); }
  TestClient& tcp() { return tcp_; }

 private:
  TestClient tcp_;
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
};

}  // namespace strims::net
