// The portable programs with std's classes: whatever comes out is among what may, and some of it does.
#include <cstdio>

#include "models/portable.hpp"

int main() {
  int failures = 0;
  for (const portable::Program& program : portable::programs()) {
    for (int i = 0; i < 30; ++i) {
      const int outcome = program.run();
      if (program.outcomes.count(outcome) != 0) continue;
      std::printf("%s: %d cannot be\n", program.name, outcome);
      failures++;
    }
  }
  return failures == 0 ? 0 : 1;
}
