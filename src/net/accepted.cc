#include "net/accepted.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <utility>

namespace strims::net {

Accepted describe(Socket socket, const sockaddr& peer) {
  if (peer.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &peer, sizeof v4);
    return {std::move(socket), IpAddress::from_v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, &peer, sizeof v6);
  return {std::move(socket), IpAddress::from_v6(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
}

}  // namespace strims::net
