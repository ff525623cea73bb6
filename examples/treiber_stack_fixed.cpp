// A push releases the node, and a pop acquires it. The rest may be relaxed.
#include <heddle/heddle.hpp>

namespace {

struct Node {
  heddle::var<int> value;
  Node* next;
};

class Stack {
 public:
  void push(Node* node) {
    node->next = top_.load(std::memory_order_relaxed);
    while (!top_.compare_exchange_weak(node->next, node, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }
  Node* pop() {
    Node* node = top_.load(std::memory_order_acquire);
    while (node != nullptr &&
           !top_.compare_exchange_weak(node, node->next, std::memory_order_acquire, std::memory_order_acquire)) {
    }
    return node;
  }

 private:
  heddle::atomic<Node*> top_{nullptr};
};

}  // namespace

HEDDLE_TEST("what is popped was pushed") {
  Stack stack;
  Node first{1, nullptr};
  Node second{2, nullptr};
  heddle::thread pusher([&] {
    second.value = 5;
    stack.push(&second);
  });
  stack.push(&first);
  if (Node* node = stack.pop()) HEDDLE_ASSERT(node->value == (node == &first ? 1 : 5));
  pusher.join();
}
