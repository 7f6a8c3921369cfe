#include "api/room_answer.h"

#include <memory>

#include "base/json_write.h"
#include "http/problem.h"

namespace strims::api {
namespace {

proto::Response entry_response(int status, const chat::Receipt& receipt) {
  JsonWriter w;
  w.object().field("id", std::to_string(receipt.id)).field("seq", receipt.seq).end_object();
  return proto::Response::json(status, w.take());
}

}  // namespace

Answer ask_room(Call& call, chat::Command command, BuildResponse build) {
  auto user = std::make_shared<const User>(call.user());
  command.from = call.http.peer;
  call.services.room.call(std::move(user), std::move(command),
                          [respond = std::move(call.respond), request_id = call.http.request_id,
                           build](Result<chat::Receipt> receipt) mutable {
                            proto::Response response =
                                receipt ? build(*receipt)
                                        : http::problem(receipt.error(), request_id);
                            response.set("Cache-Control", "no-store");
                            respond(std::move(response));
                          });
  return std::nullopt;
}

proto::Response created_entry(const chat::Receipt& receipt) {
  return entry_response(201, receipt);
}
proto::Response stored_entry(const chat::Receipt& receipt) {
  return entry_response(200, receipt);
}
proto::Response done(const chat::Receipt&) {
  return proto::Response::empty(204);
}

}  // namespace strims::api
