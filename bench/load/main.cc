// strims-load: many viewers and a few speakers against a running server; fails when anything is
// lost, doubled or out of order. `strims bench` is the same.
#include <string>
#include <vector>

#include "load/command.h"

int main(int argc, char** argv) {
  return strims::load::command("strims-load", {argv + 1, argv + argc});
}
