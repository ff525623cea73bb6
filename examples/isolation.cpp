// A thread became a process, and still counts in a variable of its parent. A real one would count in its own copy, and
// the parent would never see it.
#include <heddle/heddle.hpp>

HEDDLE_TEST("both have counted") {
  heddle::var<int> counter{0};
  heddle::process other([&] { counter += 1; });
  other.wait();
  counter += 1;
  HEDDLE_ASSERT(counter == 2);
}
