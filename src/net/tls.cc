#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string_view>

#include "net/signals.h"

namespace strims::net {
namespace {

std::unexpected<Error> openssl_error(const std::string& what) {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return fail(Errc::invalid, "bad_certificate", what + (reason ? std::string(": ") + reason : ""));
}

// An encrypted key must fail instead of asking on the terminal.
int no_password(char*, int, int, void*) {
  return 0;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char kProtocols[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kProtocols, sizeof kProtocols - 1, offered,
                            offered_length) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

void configure(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ENABLE_KTLS);
  // Released buffers save some 34 KB per idle connection.
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
  // Resumption by tickets, which cost the server no memory.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 1);
  // Forward secrecy and AEAD only; TLS 1.3 has nothing else.
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_default_passwd_cb(context, no_password);
  SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
}

}  // namespace

void TlsContext::FreeContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::load(std::string certificate_path,
                                                     std::string key_path) {
  ignore_sigpipe();
  std::shared_ptr<TlsContext> made(
      new TlsContext(std::move(certificate_path), std::move(key_path)));
  STRIMS_CHECK_OK(made->reload());
  return made;
}

Result<TlsContext::Context> TlsContext::read_files() const {
  ERR_clear_error();
  Context context(SSL_CTX_new(TLS_server_method()));
  if (!context) return openssl_error("no TLS context");
  configure(context.get());
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_path_.c_str()) != 1) {
    return openssl_error("cannot use the certificate " + certificate_path_);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_path_.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return openssl_error("cannot use the key " + key_path_);
  }
  return context;
}

Result<void> TlsContext::reload() {
  STRIMS_TRY(Context fresh, read_files());
  std::lock_guard lock(mutex_);
  context_.swap(fresh);  // the old one lives on in its sessions
  return {};
}

Socket TlsContext::accept(Socket plain) {
  Context context;
  {
    std::lock_guard lock(mutex_);
    SSL_CTX_up_ref(context_.get());
    context.reset(context_.get());
  }
  SSL* ssl = SSL_new(context.get());
  if (plain.is_stream() || ssl == nullptr || SSL_set_fd(ssl, plain.fd()) != 1) {
    ERR_clear_error();
    SSL_free(ssl);
    return {};
  }
  SSL_set_accept_state(ssl);
  return Socket(plain.release(), ssl);
}

}  // namespace strims::net
