#include "api/lane_connection.h"

#include <optional>

namespace strims::api {
namespace {

thread_local std::optional<Result<sql::Connection*>> tls_connection;

}  // namespace

LaneConnection::LaneConnection(Result<sql::Connection*> connection) {
  tls_connection = std::move(connection);
}
LaneConnection::~LaneConnection() {
  tls_connection.reset();
}

Result<sql::Connection*> LaneConnection::current() {
  if (!tls_connection)
    return fail(Errc::internal, "unknown",
                "a handler that needs the database runs outside of a lane");
  return *tls_connection;
}

}  // namespace strims::api
