// opposite_locks.cpp with one order for all threads: whichever way the money goes, the account of the lower number is
// locked first. Or with both locked at once, which needs no order. Verified.
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

void transfer_at_once(Account& from, Account& to, int amount) {
  std::scoped_lock lock_both(from.m, to.m);
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

HEDDLE_TEST("transfers that lock both accounts at once keep the total") {
  Account alice(1), bob(2);
  heddle::thread a([&] { transfer_at_once(alice, bob, 10); });
  heddle::thread b([&] { transfer_at_once(bob, alice, 20); });
  a.join();
  b.join();
  HEDDLE_ASSERT(alice.balance + bob.balance == 200);
}
