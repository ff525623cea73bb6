// A deadlock by opposite lock order: each transfer locks its own account first, and then waits for the other one's.
// Heddle says who holds what, who waits for it, and since which line. Cured in opposite_locks_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Account {
  heddle::mutex m;
  heddle::var<int> balance{100};
};

void transfer(Account& from, Account& to, int amount) {
  std::lock_guard lock_from(from.m);
  std::lock_guard lock_to(to.m);
  from.balance -= amount;
  to.balance += amount;
}

}  // namespace

HEDDLE_TEST("transfers in both directions keep the total") {
  Account alice, bob;
  heddle::thread a([&] { transfer(alice, bob, 10); });
  heddle::thread b([&] { transfer(bob, alice, 20); });
  a.join();
  b.join();
  HEDDLE_ASSERT(alice.balance + bob.balance == 200);
}
