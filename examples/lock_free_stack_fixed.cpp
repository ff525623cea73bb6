// lock_free_stack.cpp with a tag beside the top, which every change counts up: a node that has been away comes back
// under another tag, and the compare-exchange of both, 16 bytes, fails as it should. Verified.
#include <cstdint>
#include <heddle/heddle.hpp>

namespace {

struct Node {
  heddle::atomic<Node*> next{nullptr};
};

class Stack {
 public:
  void push(Node* node) {
    Top top = top_.load();
    do node->next.store(top.node);
    while (!top_.compare_exchange_weak(top, {node, top.tag + 1}));
  }

  Node* pop() {
    Top top = top_.load();
    while (top.node != nullptr && !top_.compare_exchange_weak(top, {top.node->next.load(), top.tag + 1})) continue;
    return top.node;
  }

 private:
  struct Top {
    Node* node = nullptr;
    std::uint64_t tag = 0;
  };
  heddle::atomic<Top> top_{Top{}};
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
