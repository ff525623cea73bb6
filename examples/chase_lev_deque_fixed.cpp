// The work-stealing deque of Chase and Lev with the orders of Lê, Pop, Cohen and Zappa Nardelli (PPoPP 2013). The two
// fences are seq_cst: either the owner sees what the thief has taken, or the thief that the bottom has moved.
#include <array>
#include <heddle/heddle.hpp>

namespace {

constexpr int nothing = -1;

class Deque {
 public:
  void push(int item) {
    const int b = bottom_.load(std::memory_order_relaxed);
    items_[static_cast<unsigned>(b)].store(item, std::memory_order_relaxed);
    heddle::atomic_thread_fence(std::memory_order_release);
    bottom_.store(b + 1, std::memory_order_relaxed);
  }

  /// By the owner, who pushes: from the bottom.
  int take() {
    const int b = bottom_.load(std::memory_order_relaxed) - 1;
    bottom_.store(b, std::memory_order_relaxed);
    heddle::atomic_thread_fence(std::memory_order_seq_cst);
    int t = top_.load(std::memory_order_relaxed);
    int item = nothing;
    if (t <= b) {
      item = items_[static_cast<unsigned>(b)].load(std::memory_order_relaxed);
      if (t < b) return item;
      // The last one: a thief may want it too.
      if (!top_.compare_exchange_strong(t, t + 1, std::memory_order_seq_cst, std::memory_order_relaxed)) item = nothing;
    }
    bottom_.store(b + 1, std::memory_order_relaxed);
    return item;
  }

  /// By anybody else: from the top. Nothing also where another was faster.
  int steal() {
    int t = top_.load(std::memory_order_acquire);
    heddle::atomic_thread_fence(std::memory_order_seq_cst);
    const int b = bottom_.load(std::memory_order_acquire);
    if (t >= b) return nothing;
    const int item = items_[static_cast<unsigned>(t)].load(std::memory_order_relaxed);
    const bool mine = top_.compare_exchange_strong(t, t + 1, std::memory_order_seq_cst, std::memory_order_relaxed);
    return mine ? item : nothing;
  }

 private:
  heddle::atomic<int> top_{0};
  heddle::atomic<int> bottom_{0};
  std::array<heddle::atomic<int>, 4> items_{};
};

}  // namespace

HEDDLE_TEST("no item is taken twice") {
  Deque deque;
  std::array<int, 2> stolen{};
  deque.push(1);
  deque.push(2);
  heddle::thread thief([&] {
    for (int& item : stolen) item = deque.steal();
  });
  const int taken = deque.take();
  thief.join();
  for (const int item : stolen) HEDDLE_ASSERT(item == nothing || (item != taken && (item == 1 || item == 2)));
}
