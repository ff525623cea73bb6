// linearizable_queue.cpp with an item taken in one step: who moves the front on is the one who has it. Verified.
#include <deque>
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <optional>

namespace {

class Queue {
 public:
  void push(int item) {
    const int at = back_.load();
    items_[at].store(item);
    back_.store(at + 1);
  }

  std::optional<int> pop() {
    int at = front_.load();
    do {
      if (at == back_.load()) return std::nullopt;
    } while (!front_.compare_exchange_strong(at, at + 1));
    return items_[at].load();
  }

 private:
  heddle::atomic<int> items_[4];
  heddle::atomic<int> front_{0}, back_{0};
};

struct QueueSpec {
  std::deque<int> items;

  void push(int item) { items.push_back(item); }
  std::optional<int> pop() {
    if (items.empty()) return std::nullopt;
    const int item = items.front();
    items.pop_front();
    return item;
  }
  bool operator==(const QueueSpec&) const = default;
};

std::string to_string(const QueueSpec& queue) { return "a queue of " + std::to_string(queue.items.size()); }

}  // namespace

HEDDLE_TEST("the queue is linearizable") {
  Queue queue;
  heddle::linearizable<QueueSpec> watched;
  auto push = [&](int item) { watched.call<&QueueSpec::push>([&](int i) { queue.push(i); }, item); };
  auto pop = [&] { watched.call<&QueueSpec::pop>([&] { return queue.pop(); }); };
  push(1);
  heddle::thread a([&] { push(2); });
  heddle::thread b(pop);
  heddle::thread c(pop);
  a.join();
  b.join();
  c.join();
}
