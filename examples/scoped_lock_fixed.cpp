// scoped_lock.cpp with everything that a thread needs taken at once. Nobody holds one lock while it waits for another,
// whatever the order in which they are named. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Account {
  heddle::mutex m;
  heddle::var<int> balance{100};
};

struct Bank {
  Account alice, bob;
  heddle::mutex ledger;
  heddle::var<int> entries{0};
};

void transfer(Bank& bank, Account& from, Account& to, int amount) {
  std::scoped_lock lock_all(bank.ledger, from.m, to.m);
  from.balance -= amount;
  to.balance += amount;
  bank.entries += 1;
}

void audit(Bank& bank, Account& account) {
  std::scoped_lock lock_both(account.m, bank.ledger);
  HEDDLE_ASSERT(account.balance == 100 || bank.entries > 0);
}

}  // namespace

HEDDLE_TEST("an audit beside a transfer") {
  Bank bank;
  heddle::thread a([&] { transfer(bank, bank.alice, bank.bob, 10); });
  heddle::thread b([&] { audit(bank, bank.bob); });
  a.join();
  b.join();
}

HEDDLE_TEST("transfers in both directions keep the total") {
  Bank bank;
  heddle::thread a([&] { transfer(bank, bank.alice, bank.bob, 10); });
  heddle::thread b([&] { transfer(bank, bank.bob, bank.alice, 20); });
  a.join();
  b.join();
  HEDDLE_ASSERT(bank.alice.balance + bank.bob.balance == 200);
}
