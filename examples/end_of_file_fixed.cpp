// Each process closes the end that it does not use.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the consumer comes to the end of the file") {
  heddle::pipe<int> numbers(2);
  heddle::process consumer([=] {
    numbers.close_write();
    int sum = 0;
    for (int number = 0; numbers.read(number);) sum += number;
    return sum;
  });
  numbers.close_read();
  numbers.write(1);
  numbers.write(2);
  numbers.close_write();
  HEDDLE_ASSERT(consumer.wait().code() == 3);
}
