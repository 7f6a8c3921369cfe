#include "api/error_map.h"

#include <algorithm>
#include <vector>

#include "http/problem.h"

namespace strims::api {
namespace {

struct Row {
  std::string_view word;
  Errc code;
  std::string_view sentence;
  uint16_t close_code = 0;
};

// What the room says, in ERR frames and in REST alike (chat/refusal.cc).
constexpr Row kChat[] = {
    {"needlogin", Errc::unauthenticated, "Log in to do this."},
    {"nopermission", Errc::forbidden, "You may not do this."},
    {"protocolerror", Errc::invalid, "The request is malformed."},
    {"invalidmsg", Errc::invalid,
     "The text is empty, too long or holds characters that are not allowed."},
    {"muted", Errc::forbidden, "You are muted."},
    {"banned", Errc::forbidden, "You are banned.", 1008},
    {"submode", Errc::forbidden, "Only subscribers may speak now."},
    {"throttled", Errc::rate_limited, "You are sending too fast."},
    {"duplicate", Errc::conflict, "This repeats your last message."},
    {"bannedphrase", Errc::invalid, "The message contains a banned phrase."},
    {"nochatting", Errc::forbidden, "This account may not chat."},
    {"notfound", Errc::not_found, "No such user or message."},
    {"needbanreason", Errc::invalid, "A ban needs a reason."},
    {"privmsgbanned", Errc::forbidden, "Banned users cannot send private messages."},
    {"privmsgaccounttooyoung", Errc::forbidden,
     "The account is too young to send private messages."},
    {"activepoll", Errc::conflict, "A poll is running already."},
    {"noactivepoll", Errc::conflict, "No poll is running."},
    {"alreadyvoted", Errc::conflict, "You have voted already."},
    {"duplicatephrase", Errc::conflict, "The phrase is banned already."},
    {"nophrase", Errc::not_found, "No such banned phrase."},
    {"invalidphrase", Errc::invalid, "The phrase is empty, too long or a bad regular expression."},
    {"cantbanprotected", Errc::forbidden, "A protected user cannot do this."},
    {"cantremoveevent", Errc::not_found, "No such event."},
    {"toomanyconnections", Errc::rate_limited, "Too many connections of this account.", 1008},
    {"unavailable", Errc::unavailable, "The chat cannot store messages now. Try again shortly."},
    {"unknown", Errc::internal, "Something went wrong."},
};

constexpr Row kRest[] = {
    {"invalid", Errc::invalid,
     "A field or parameter has a wrong type or value; the sentence names it."},
    {"invalid_json", Errc::invalid, "The body is no JSON object."},
    {"forbidden_field", Errc::invalid, "The body has a field that this endpoint does not take."},
    {"unsupported_type", Errc::unsupported, "Send the body as application/json."},
    {"origin", Errc::forbidden, "A page of this origin may not act with the visitor's cookie."},
    {"csrf", Errc::forbidden, "The header X-CSRF-Guard is missing."},
    {"conflict", Errc::conflict, "Something else was faster."},
    {"channel", Errc::not_found, "There is no such room or channel."},
    {"which_channel", Errc::invalid, "There are several channels of yours: name one."},
    {"bad_name", Errc::invalid,
     "A channel's name has 2 to 32 of a-z, 0-9, _ and -, and is no word that an address needs."},
    {"bad_metadata", Errc::invalid, "A title, category, tag or language is too long or malformed."},
    {"too_many_channels", Errc::conflict, "You have as many channels as one may have."},
    {"broadcast", Errc::not_found, "There is no such broadcast."},
    {"broadcast_step", Errc::conflict, "A step of this broadcast is missing."},
    {"vod", Errc::not_found, "There is no such recording."},
    {"vod_busy", Errc::conflict, "The recording is still being made."},
    {"recording", Errc::not_found, "The files of this recording are not there."},
    {"grant_invalid", Errc::forbidden, "This address to play is not good (any more)."},
    {"grant_expired", Errc::gone, "This address to play is too old."},
    {"msgempty", Errc::invalid, "The text is empty."},
    {"msgtoolong", Errc::invalid, "The text is too long."},
    {"toolarge", Errc::too_large, "This is more than is stored."},
    {"invalidnick", Errc::invalid, "That is no nick."},
    {"invalid_credentials", Errc::unauthenticated, "Wrong name or password."},
    {"invalid_token", Errc::unauthenticated, "The access token is not valid."},
    {"token_expired", Errc::unauthenticated, "The access token has expired: refresh it."},
    {"invalid_refresh_token", Errc::unauthenticated,
     "The refresh token is unknown or has expired: log in again."},
    {"refresh_token_reused", Errc::unauthenticated,
     "The refresh token was used before; the login has been ended."},
    {"registration_closed", Errc::forbidden, "New accounts are not accepted."},
    {"taken", Errc::conflict, "This name, or one that looks like it, is taken."},
    {"reserved_nick", Errc::conflict, "This name is reserved."},
    {"emote_nick", Errc::invalid, "This name is too much like an emote."},
    {"invalid_nick", Errc::invalid, "The name breaks a rule; the sentence says which."},
    {"password_too_short", Errc::invalid, "The password is too short."},
    {"password_too_long", Errc::invalid, "The password is too long."},
    {"invalid_password", Errc::invalid, "The password is not well-formed text."},
    {"invalid_name", Errc::invalid, "A key's name has 1 to 64 printable characters."},
    {"too_many_keys", Errc::conflict, "The account has as many login keys as it may."},
    {"invalid_bio", Errc::invalid, "At most 500 characters of plain text."},
    {"invalid_gender", Errc::invalid, "None of the known words."},
    {"invalid_age", Errc::invalid, "None of the known words."},
    {"last_admin", Errc::conflict, "No administrator would be left."},
    {"unknown_feature", Errc::invalid, "There is no such feature to grant."},
    {"unknown_grant", Errc::invalid, "There is no such site role to grant."},
    {"rate_limited", Errc::rate_limited, "Too many requests from this address."},
};

struct HttpRow {
  std::string_view word;
  int status;
  std::string_view sentence;
};

// Below the endpoints: the parser, the router, files.
constexpr HttpRow kHttp[] = {
    {"bad_request", 400, "The request is not well-formed."},
    {"bad_host", 400, "Exactly one valid Host header is needed."},
    {"bad_framing", 400, "The length of the body is not stated clearly."},
    {"bad_header_value", 400, "A header holds characters that are not allowed."},
    {"bad_target", 400, "The request target is not well-formed."},
    {"bad_chunk", 400, "The chunked body is not well-formed."},
    {"bad_header", 400, "A header line is not well-formed."},
    {"bad_method", 400, "The method is not well-formed."},
    {"bad_request_line", 400, "The request line is not well-formed."},
    {"bad_version", 400, "The version is not well-formed."},
    {"bare_cr", 400, "A carriage return stands alone."},
    {"bare_lf", 400, "A line feed stands alone."},
    {"chunk_extension_too_long", 400, "A chunk extension is too long."},
    {"host_mismatch", 400, "The Host header and the request target name different hosts."},
    {"obs_fold", 400, "A header goes on in the next line."},
    {"space_before_colon", 400, "A space stands between a header's name and the colon."},
    {"bad_escape", 400, "The path has a broken percent escape."},
    {"bad_path", 400, "The path is not valid UTF-8."},
    {"dot_segment", 400, "The path has a dot segment."},
    {"unsupported_coding", 400, "Only the chunked transfer coding is spoken here."},
    {"method_unknown", 400, "No such method."},
    {"http_version", 400, "Only HTTP/1.1 and HTTP/1.0 are spoken here."},
    {"too_far", 400, "The part of the stream lies too far in the future."},
    {"not_found", 404, "There is nothing at this path."},
    {"method_not_allowed", 405, "This path has other methods."},
    {"request_timeout", 408, "The request did not arrive in time."},
    {"body_too_large", 413, "The body is larger than this resource takes."},
    {"target_too_long", 414, "The request target is too long."},
    {"bad_range", 416, "The range lies behind the end of the file."},
    {"expectation", 417, "Only 100-continue may be expected."},
    {"upgrade_required", 426, "This path speaks WebSocket."},
    {"head_too_large", 431, "The request line and headers are too large."},
    {"too_many_headers", 431, "The request has too many headers."},
    {"trailers_too_large", 431, "The trailers of the body are too large."},
    {"internal", 500, "Something went wrong."},
};

struct CloseRow {
  std::string_view word;
  uint16_t code;
  bool retryable;
  std::string_view sentence;
};

// Close frames of sockets (`banned` and `toomanyconnections` stand above).
constexpr CloseRow kSocket[] = {
    {"restart", 1001, true, "The server restarts: come back at once."},
    {"text only", 1003, false, "A binary message came; the chat speaks text."},
    {"protocol", 1008, false, "What came is no frame of this protocol."},
    {"revoked", 1008, false, "The login or login key of this socket has ended."},
    {"slow reader", 4008, true, "Too much was waiting for you: come back and read on."},
};

std::vector<ErrorWord> make_words() {
  std::vector<ErrorWord> out;
  const auto add = [&](const Row& row, std::string_view where) {
    out.push_back({row.word, where, row.code, http::status_of(row.code), row.close_code,
                   http::is_retryable(row.code), row.sentence});
  };
  for (const Row& row : kChat) add(row, "chat");
  for (const Row& row : kRest) add(row, "rest");
  for (const HttpRow& row : kHttp)
    out.push_back({row.word, "http", std::nullopt, row.status, 0, row.status == 408, row.sentence});
  for (const CloseRow& row : kSocket)
    out.push_back({row.word, "socket", std::nullopt, 0, row.code, row.retryable, row.sentence});
  return out;
}

void append_table(std::string& out, std::string_view where, std::string_view title) {
  out += "\n## " + std::string(title) +
         "\n\n| Word | Class | HTTP | Close | Again? | Meaning |\n|---|---|---|---|:-:|---|\n";
  const auto number = [](int n) { return n == 0 ? std::string("·") : std::to_string(n); };
  for (const ErrorWord& row : error_words()) {
    if (row.where != where) continue;
    out += "| `" + std::string(row.word) + "` | " +
           std::string(row.code ? to_string(*row.code) : "·") + " | " + number(row.status) + " | " +
           number(row.close_code) + " | " + (row.retryable ? "yes" : "·") + " | " +
           std::string(row.sentence) + " |\n";
  }
}

}  // namespace

std::span<const ErrorWord> error_words() {
  static const std::vector<ErrorWord> words = make_words();
  return words;
}

const ErrorWord* find_error_word(std::string_view word) {
  const auto words = error_words();
  const auto it = std::ranges::find(words, word, &ErrorWord::word);
  return it == words.end() ? nullptr : &*it;
}

std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::invalid:
      return "invalid";
    case Errc::unauthenticated:
      return "unauthenticated";
    case Errc::forbidden:
      return "forbidden";
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::gone:
      return "gone";
    case Errc::too_large:
      return "too_large";
    case Errc::unsupported:
      return "unsupported";
    case Errc::rate_limited:
      return "rate_limited";
    case Errc::unavailable:
      return "unavailable";
    case Errc::timeout:
      return "timeout";
    case Errc::cancelled:
      return "cancelled";
    case Errc::internal:
      return "internal";
  }
  return "";
}

std::string errors_markdown() {
  std::string out =
      "# Error words\n\n"
      "Made from `src/api/error_map.cc`; the test `ErrorMap.TheDocumentIsCurrent` holds the two "
      "together\n"
      "(`STRIMS_REGENERATE=1 api_test --gtest_filter='ErrorMap.*'` writes it anew).\n\n"
      "REST answers are problem documents (RFC 9457) whose `code` is one of these words; switch on "
      "it and never on\n"
      "the sentence. Chat sockets get `ERR {\"description\":\"<word>\"}`. Where waiting helps "
      "there is a `Retry-After`.\n"
      "\"Again?\" says whether the same request may succeed later.\n";
  append_table(out, "chat", "The room: sockets and REST");
  append_table(out, "rest", "REST endpoints");
  append_table(out, "http", "Below the endpoints");
  append_table(out, "socket", "Close frames of sockets");
  return out;
}

}  // namespace strims::api
