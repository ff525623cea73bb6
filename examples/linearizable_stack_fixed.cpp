// linearizable_stack.cpp with the size taken under the lock that guards the items. Verified.
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <mutex>
#include <vector>

namespace {

class Stack {
 public:
  void push(int item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(item);
  }

  int pop() {  // 0 where it is empty
    const std::lock_guard lock(mutex_);
    if (items_.empty()) return 0;
    const int item = items_.back();
    items_.pop_back();
    return item;
  }

  int size() {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(items_.size());
  }

 private:
  heddle::mutex mutex_;
  std::vector<int> items_;
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
