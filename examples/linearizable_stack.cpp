// A stack that also knows its size. The items are right; the size is counted after the item has gone in or out, so a
// thread that has just seen the stack empty may be told that one item, or less than none, is in it. Cured in
// linearizable_stack_fixed.cpp.
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <mutex>
#include <vector>

namespace {

class Stack {
 public:
  void push(int item) {
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(item);
    }
    size_.fetch_add(1);
  }

  int pop() {  // 0 where it is empty
    int item = 0;
    {
      const std::lock_guard lock(mutex_);
      if (items_.empty()) return 0;
      item = items_.back();
      items_.pop_back();
    }
    size_.fetch_sub(1);
    return item;
  }

  int size() { return size_.load(); }

 private:
  heddle::mutex mutex_;
  std::vector<int> items_;
  heddle::atomic<int> size_{0};
};

struct StackSpec {
  std::vector<int> items;

  void push(int item) { items.push_back(item); }
  int pop() {
    if (items.empty()) return 0;
    const int item = items.back();
    items.pop_back();
    return item;
  }
  int size() { return static_cast<int>(items.size()); }
  bool operator==(const StackSpec&) const = default;
};

}  // namespace

HEDDLE_TEST("the stack is linearizable") {
  Stack stack;
  heddle::linearizable<StackSpec> watched;
  heddle::thread a([&] { watched.call<&StackSpec::push>([&](int item) { stack.push(item); }, 7); });
  heddle::thread b([&] {
    watched.call<&StackSpec::pop>([&] { return stack.pop(); });
    watched.call<&StackSpec::size>([&] { return stack.size(); });
  });
  a.join();
  b.join();
}
