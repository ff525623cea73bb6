// A record of two numbers, written one after the other. When the writer dies between them, the reader takes the half
// record for a whole one.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the reader sees whole records only") {
  heddle::pipe<int> records(4);
  heddle::process writer([=] {
    heddle::may_crash();
    const int record[] = {7, 7};
    records.write(record);
  });
  records.close_write();
  int record[2] = {};
  if (records.read(record[0])) {
    records.read(record[1]);
    HEDDLE_ASSERT(record[0] == record[1]);
  }
  writer.wait();
}
