// A worker answers a request through a promise; on one path it forgets to, and the promise lives on.
#include <heddle/heddle.hpp>

namespace {

struct Request {
  unsigned divisor = 0;
  heddle::promise<unsigned> answer;
};

void serve(Request& request) {
  if (request.divisor == 0) return;  // wrong: whoever waits for the answer waits for ever
  request.answer.set_value(12 / request.divisor);
}

}  // namespace

HEDDLE_TEST("every request is answered") {
  Request request{.divisor = heddle::choose(3), .answer = {}};
  heddle::future<unsigned> answer = request.answer.get_future();
  heddle::thread server([&] { serve(request); });
  HEDDLE_ASSERT(answer.get() * request.divisor == 12);
  server.join();
}
