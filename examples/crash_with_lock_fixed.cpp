// A robust mutex goes on to the next when its holder dies; that one puts in order what was left half done.
#include <heddle/heddle.hpp>

struct Account {
  heddle::robust_mutex access;
  heddle::var<int> balance{100};
  heddle::var<int> before{100};  ///< what it was before the withdrawal that is under way

  void lock() {
    if (access.lock() != std::errc::owner_dead) return;
    balance = before;
    access.make_consistent();
  }
};

HEDDLE_TEST("the account can be used whatever becomes of the worker") {
  heddle::shared_memory<Account> account;
  heddle::process worker([=] {
    heddle::may_crash();
    account->lock();
    account->balance -= 60;
    account->before = account->balance.read();
    account->access.unlock();
  });
  account->lock();
  HEDDLE_ASSERT(account->balance == 100 || account->balance == 40);
  account->access.unlock();
  worker.wait();
}
