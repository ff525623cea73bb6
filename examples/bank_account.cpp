// Two transfers from one account, each checking the balance under a lock, and taking the money under another lock of the
// same mutex: between the two, the other transfer may have taken it. (Check-then-act.)
#include <heddle/heddle.hpp>

HEDDLE_TEST("two withdrawals never overdraw the account") {
  heddle::mutex m;
  heddle::var<int> balance{100};
  auto withdraw = [&](int amount) {
    m.lock();
    const bool enough = balance >= amount;
    m.unlock();
    if (!enough) return;
    std::lock_guard lock(m);
    balance -= amount;
  };
  heddle::thread a(withdraw, 80);
  heddle::thread b(withdraw, 80);
  a.join();
  b.join();
  HEDDLE_ASSERT(balance >= 0);
}
