// opposite_locks.cpp with one order for all threads: whichever way the money goes, the account of the lower number is
// locked first. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Account {
  explicit Account(int account_number) : number(account_number) {}

  const int number;
  heddle::mutex m;
  heddle::var<int> balance{100};
};

void transfer(Account& from, Account& to, int amount) {
  const bool ascending = from.number < to.number;
  std::lock_guard lock_lower(ascending ? from.m : to.m);
  std::lock_guard lock_higher(ascending ? to.m : from.m);
  from.balance -= amount;
  to.balance += amount;
}

}  // namespace

HEDDLE_TEST("transfers in both directions keep the total") {
  Account alice(1), bob(2);
  heddle::thread a([&] { transfer(alice, bob, 10); });
  heddle::thread b([&] { transfer(bob, alice, 20); });
  a.join();
  b.join();
  HEDDLE_ASSERT(alice.balance + bob.balance == 200);
}
