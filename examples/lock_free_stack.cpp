// A lock-free stack (Treiber, 1986) with the ABA fault. pop() reads the top and what lies under it, then replaces the
// top if it is still the same node. It can be the same and yet have been away: popped, and pushed again without the
// node that lay under it. Heddle finds a node that two threads own. Cured in lock_free_stack_fixed.cpp.
#include <heddle/heddle.hpp>

namespace {

struct Node {
  heddle::atomic<Node*> next{nullptr};
};

class Stack {
 public:
  void push(Node* node) {
    Node* top = top_.load();
    do node->next.store(top);
    while (!top_.compare_exchange_weak(top, node));
  }

  Node* pop() {
    Node* top = top_.load();
    while (top != nullptr && !top_.compare_exchange_weak(top, top->next.load())) continue;
    return top;
  }

 private:
  heddle::atomic<Node*> top_{nullptr};
};

}  // namespace

HEDDLE_TEST("each node has one owner") {
  Node lower, upper;
  Stack stack;
  stack.push(&lower);
  stack.push(&upper);

  heddle::var<Node*> a_owns{nullptr}, b_owns{nullptr};
  heddle::thread a([&] { a_owns = stack.pop(); });
  heddle::thread b([&] {
    Node* recycled = stack.pop();
    b_owns = stack.pop();
    if (recycled != nullptr) stack.push(recycled);
  });
  a.join();
  b.join();
  while (Node* left = stack.pop()) HEDDLE_ASSERT(left != a_owns && left != b_owns);
  HEDDLE_ASSERT(a_owns == nullptr || a_owns != b_owns);
}
