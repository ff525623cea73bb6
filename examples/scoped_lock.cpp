// Two locks taken at once cannot deadlock among each other. A third one, held before, can: a transfer holds the ledger
// while it waits for both accounts, and the auditor holds an account while it waits for the ledger. Cured in
// scoped_lock_fixed.cpp.
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
  std::lock_guard lock_ledger(bank.ledger);
  std::scoped_lock lock_accounts(from.m, to.m);
  from.balance -= amount;
  to.balance += amount;
  bank.entries += 1;
}

void audit(Bank& bank, Account& account) {
  std::lock_guard lock_account(account.m);
  std::lock_guard lock_ledger(bank.ledger);
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
