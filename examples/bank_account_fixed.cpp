// bank_account.cpp with one lock around the check and the withdrawal: nobody takes the money in between. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

HEDDLE_TEST("two withdrawals never overdraw the account") {
  heddle::mutex m;
  heddle::var<int> balance{100};
  auto withdraw = [&](int amount) {
    std::lock_guard lock(m);
    if (balance >= amount) balance -= amount;
  };
  heddle::thread a(withdraw, 80);
  heddle::thread b(withdraw, 80);
  a.join();
  b.join();
  HEDDLE_ASSERT(balance >= 0);
}
