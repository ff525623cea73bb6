// Request and reply by message queues. A queue does not tell that nobody is left at its other end: when the server dies
// with a request in hand, the client waits for ever.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the client gets its answer, or learns that there is none") {
  heddle::message_queue<int> requests, replies;
  heddle::process server([=] {
    heddle::may_crash();
    replies.send(requests.receive() + 1);
  });
  requests.send(41);
  HEDDLE_ASSERT(replies.receive() == 42);
  server.wait();
}
