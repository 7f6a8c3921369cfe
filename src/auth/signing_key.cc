#include "auth/signing_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>

#include "base/bytes.h"

namespace strims::auth {

struct SigningKey::Pair {
  EVP_PKEY* key = nullptr;
  explicit Pair(EVP_PKEY* k) : key(k) {}
  ~Pair() { EVP_PKEY_free(key); }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
};

namespace {

constexpr size_t kCoordinateBytes = 32;

template <auto Free>
struct Freeing {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free_all>>;
using BigNumber = std::unique_ptr<BIGNUM, Freeing<BN_clear_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freeing<EVP_MD_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Freeing<ECDSA_SIG_free>>;

std::unexpected<Error> broken(std::string detail) {
  ERR_clear_error();
  return fail(Errc::internal, "unknown", std::move(detail));
}

// A key file never has a pass phrase; OpenSSL would ask the terminal for one.
int no_pass_phrase(char*, int, int, void*) {
  return 0;
}

std::optional<std::string> coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key, name, &raw) != 1) return std::nullopt;
  const BigNumber number(raw);
  std::array<uint8_t, kCoordinateBytes> bytes{};
  if (BN_bn2binpad(number.get(), bytes.data(), kCoordinateBytes) != kCoordinateBytes)
    return std::nullopt;
  return base64url(bytes);
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == SN_X9_62_prime256v1;
}

// RFC 7638: SHA-256 over the required members in lexical order, without white space.
std::string thumbprint(const std::string& x, const std::string& y) {
  const std::string text = R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})";
  uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr) != 1) return {};
  return base64url({digest, length});
}

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<size_t>(size)) : std::string();
}

}  // namespace

SigningKey::~SigningKey() = default;

Result<SigningKeyPtr> SigningKey::make(std::unique_ptr<Pair> pair, bool can_sign,
                                       TimeMs created_at) {
  const auto x = coordinate(pair->key, OSSL_PKEY_PARAM_EC_PUB_X);
  const auto y = coordinate(pair->key, OSSL_PKEY_PARAM_EC_PUB_Y);
  if (!x || !y) return broken("the key has no public half");
  std::shared_ptr<SigningKey> key(new SigningKey());
  key->created_at_ = created_at;
  key->can_sign_ = can_sign;
  key->x_ = *x;
  key->y_ = *y;
  key->kid_ = thumbprint(*x, *y);
  key->pair_ = std::move(pair);
  if (key->kid_.empty()) return broken("no SHA-256");
  return key;
}

Result<SigningKeyPtr> SigningKey::generate(TimeMs now) {
  auto pair = std::make_unique<Pair>(EVP_EC_gen("P-256"));
  if (!pair->key) return broken("a key could not be generated");
  return make(std::move(pair), true, now);
}

Result<SigningKeyPtr> SigningKey::from_pem(const std::string& pem, TimeMs created_at) {
  const bool is_private = pem.find("PRIVATE KEY-----") != std::string::npos;
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) return broken("no memory");
  auto pair = std::make_unique<Pair>(
      is_private ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr)
                 : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!pair->key || !is_p256(pair->key)) {
    ERR_clear_error();
    return fail(Errc::invalid, "bad_key", "not a PEM key on the curve P-256");
  }
  return make(std::move(pair), is_private, created_at);
}

Result<std::string> SigningKey::private_pem() const {
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!can_sign_ || !bio ||
      PEM_write_bio_PKCS8PrivateKey(bio.get(), pair_->key, nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return broken("the private key could not be written");
  return contents(bio.get());
}

Result<std::string> SigningKey::public_pem() const {
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_PUBKEY(bio.get(), pair_->key) != 1)
    return broken("the public key could not be written");
  return contents(bio.get());
}

Result<std::string> SigningKey::sign(std::string_view data) const {
  if (!can_sign_) return broken("this key cannot sign");
  const DigestContext context(EVP_MD_CTX_new());
  const auto bytes = as_bytes(data);
  std::array<uint8_t, 128> der{};
  size_t length = der.size();
  if (!context ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_->key) != 1 ||
      EVP_DigestSign(context.get(), der.data(), &length, bytes.data(), bytes.size()) != 1)
    return broken("signing failed");
  const uint8_t* cursor = der.data();
  const EcdsaSignature parts(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(length)));
  std::array<uint8_t, 2 * kCoordinateBytes> out{};
  if (!parts || BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out.data(), kCoordinateBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out.data() + kCoordinateBytes, kCoordinateBytes) <
          0)
    return broken("signing failed");
  return std::string(as_text(out));
}

bool SigningKey::verify(std::string_view data, std::string_view signature) const {
  if (signature.size() != 2 * kCoordinateBytes) return false;
  const auto bytes = as_bytes(signature);
  BigNumber r(BN_bin2bn(bytes.data(), kCoordinateBytes, nullptr));
  BigNumber s(BN_bin2bn(bytes.data() + kCoordinateBytes, kCoordinateBytes, nullptr));
  const EcdsaSignature parts(ECDSA_SIG_new());
  if (!r || !s || !parts || ECDSA_SIG_set0(parts.get(), r.get(), s.get()) != 1) return false;
  (void)r.release();  // the signature owns them now
  (void)s.release();
  std::array<uint8_t, 128> der{};
  uint8_t* cursor = der.data();
  // At most 2 + 2 x (2 + 33) bytes.
  const int length = i2d_ECDSA_SIG(parts.get(), &cursor);
  const DigestContext context(EVP_MD_CTX_new());
  const auto message = as_bytes(data);
  const bool good =
      length > 0 && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, pair_->key) == 1 &&
      EVP_DigestVerify(context.get(), der.data(), static_cast<size_t>(length), message.data(),
                       message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace strims::auth
