// Check-then-act: each withdrawal checks the balance under the lock, and takes the money under the lock, but lets go of
// it in between; the other withdrawal may then take the same money. There is no data race, and the account is overdrawn
// all the same: Heddle finds the assertion failed. Cured in bank_account_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

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
