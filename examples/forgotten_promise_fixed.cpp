// Every path keeps the promise, if only with an exception.
#include <heddle/heddle.hpp>
#include <stdexcept>

namespace {

struct Request {
  unsigned divisor = 0;
  heddle::promise<unsigned> answer;
};

void serve(Request& request) {
  if (request.divisor == 0) {
    request.answer.set_exception(std::make_exception_ptr(std::domain_error("division by zero")));
    return;
  }
  request.answer.set_value(12 / request.divisor);
}

}  // namespace

HEDDLE_TEST("every request is answered") {
  Request request{.divisor = heddle::choose(3), .answer = {}};
  heddle::future<unsigned> answer = request.answer.get_future();
  heddle::thread server([&] { serve(request); });
  try {
    HEDDLE_ASSERT(answer.get() * request.divisor == 12);
  } catch (const std::domain_error&) {
    HEDDLE_ASSERT(request.divisor == 0);
  }
  server.join();
}
