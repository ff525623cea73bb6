// The replies come by a pipe: that ends when the only process that could write to it has died.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the client gets its answer, or learns that there is none") {
  heddle::message_queue<int> requests;
  heddle::pipe<int> replies;
  heddle::process server([=] {
    heddle::may_crash();
    replies.write(requests.receive() + 1);
  });
  replies.close_write();
  requests.send(41);
  int answer = 0;
  const bool answered = replies.read(answer);
  HEDDLE_ASSERT(!answered || answer == 42);
  const heddle::exit_status status = server.wait();
  HEDDLE_ASSERT(answered || status.signaled());
}
