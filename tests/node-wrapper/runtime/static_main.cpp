// The static site server as a program of its own, as `automator67-node serve-static` is.
#include "node-wrapper/runtime/static_server.h"

int main(int count, char** words) {
  return a67::serve_static_main({words + (count > 1 ? 2 : 1), words + count});
}
