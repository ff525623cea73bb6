// As late_reply.cpp, but the client can tell to which question a reply is, and passes over those to others. Check it
// with
// --timeouts=last.
#include <heddle/heddle.hpp>

namespace {

using namespace std::chrono_literals;

/// One message at a time.
class Mailbox {
 public:
  void put(int message) {
    message_.store(message);
    full_.release();
  }
  int take() {
    full_.acquire();
    return message_.load();
  }
  /// 0 where nothing comes in time.
  int take_for(std::chrono::milliseconds limit) { return full_.try_acquire_for(limit) ? message_.load() : 0; }

 private:
  heddle::counting_semaphore<> full_{0};
  heddle::atomic<int> message_{0};
};

/// The reply to a question is ten times as much. The first takes long.
void serve(Mailbox& requests, Mailbox& replies) {
  for (const auto work : {15ms, 1ms}) {
    const int question = requests.take();
    heddle::this_thread::sleep_for(work);
    replies.put(10 * question);
  }
}

}  // namespace

HEDDLE_TEST("a reply is to the question that was asked last") {
  Mailbox requests;
  Mailbox replies;
  heddle::thread server([&] { serve(requests, replies); });
  requests.put(1);
  int reply = replies.take_for(10ms);
  if (reply == 0) {
    requests.put(2);
    do {
      reply = replies.take_for(10ms);
    } while (reply != 0 && reply / 10 != 2);
    HEDDLE_ASSERT(reply == 20);
  }
  server.join();
}
