// Whoever reads looks whether the record is complete; the end of the file may come in the middle of it.
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
  if (records.read(record[0]) && records.read(record[1])) HEDDLE_ASSERT(record[0] == record[1]);
  writer.wait();
}
