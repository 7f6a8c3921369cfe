#include "app/commands.h"
#include "load/command.h"

namespace strims::app {

int bench(const std::vector<std::string>& arguments) {
  return load::command("strims bench", arguments);
}

}  // namespace strims::app
