// One thread of the parent writes while another one reads.
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
  heddle::thread writer([=] {
    for (int line = 1; line <= 4; ++line) in.write(line);
    in.close_write();
  });
  int sum = 0;
  for (int line = 0; out.read(line);) sum += line;
  writer.join();
  HEDDLE_ASSERT(sum == 100);
  filter.wait();
}
