#include "app/cli.h"

int main(int argc, char** argv) {
  return strims::app::run(argc, argv);
}
