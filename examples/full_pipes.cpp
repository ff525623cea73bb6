// A filter in a process of its own: a line goes in by one pipe, and comes out by the other. The parent writes all its
// lines before it reads one; when both pipes are full, each waits for the other to read.
#include <heddle/heddle.hpp>

HEDDLE_TEST("every line comes back") {
  heddle::pipe<int> in(1), out(1);
  heddle::process filter([=] {
    in.close_write();
    out.close_read();
    for (int line = 0; in.read(line);) out.write(line * 10);
  });
  in.close_read();
  out.close_write();
  for (int line = 1; line <= 4; ++line) in.write(line);
  in.close_write();
  int sum = 0;
  for (int line = 0; out.read(line);) sum += line;
  HEDDLE_ASSERT(sum == 100);
  filter.wait();
}
