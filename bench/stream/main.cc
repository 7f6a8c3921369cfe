// strims-stream-load: publishers and viewers of live video against a running server; fails when one
// of them is refused, dropped or left without a part.
#include <string>
#include <vector>

#include "bench/stream/command.h"

int main(int argc, char** argv) {
  return strims::stream_load::command({argv + 1, argv + argc});
}
