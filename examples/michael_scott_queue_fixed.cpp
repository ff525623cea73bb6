// The queue of Michael and Scott (PODC 1996), without giving nodes back. The link to a node releases what is in it.
#include <heddle/heddle.hpp>

namespace {

struct Node {
  heddle::var<int> value;
  heddle::atomic<Node*> next{nullptr};
};

class Queue {
 public:
  explicit Queue(Node* dummy) : head_(dummy), tail_(dummy) {}

  void push(Node* node) {
    while (true) {
      Node* last = tail_.load(std::memory_order_acquire);
      Node* next = last->next.load(std::memory_order_acquire);
      if (next != nullptr) {  // somebody has linked a node and not moved the tail yet
        tail_.compare_exchange_strong(last, next, std::memory_order_release, std::memory_order_relaxed);
      } else if (last->next.compare_exchange_strong(next, node, std::memory_order_release, std::memory_order_relaxed)) {
        tail_.compare_exchange_strong(last, node, std::memory_order_release, std::memory_order_relaxed);
        return;
      }
    }
  }

  /// The value at the front; -1 where there is none.
  int pop() {
    while (true) {
      Node* first = head_.load(std::memory_order_acquire);
      Node* last = tail_.load(std::memory_order_acquire);
      Node* next = first->next.load(std::memory_order_acquire);
      if (next == nullptr) return -1;
      if (first == last)
        tail_.compare_exchange_strong(last, next, std::memory_order_release, std::memory_order_relaxed);
      const int value = next->value;
      if (head_.compare_exchange_strong(first, next, std::memory_order_release, std::memory_order_relaxed))
        return value;
    }
  }

 private:
  heddle::atomic<Node*> head_;
  heddle::atomic<Node*> tail_;
};

}  // namespace

HEDDLE_TEST("what is popped was pushed") {
  Node dummy{0};
  Node first{1};
  Node second{0};
  Queue queue(&dummy);
  heddle::thread pusher([&] {
    second.value = 2;
    queue.push(&second);
  });
  queue.push(&first);
  const int front = queue.pop();
  HEDDLE_ASSERT(front == 1 || front == 2);
  pusher.join();
  HEDDLE_ASSERT(front + queue.pop() == 3);
  HEDDLE_ASSERT(queue.pop() == -1);
}
