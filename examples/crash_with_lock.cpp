// A counter in shared memory. The worker may die at any point: if it does while it holds the mutex, nobody gets that
// any more.
#include <heddle/heddle.hpp>
#include <mutex>

struct Account {
  heddle::mutex access;
  heddle::var<int> balance{100};
};

HEDDLE_TEST("the account can be used whatever becomes of the worker") {
  heddle::shared_memory<Account> account;
  heddle::process worker([=] {
    heddle::may_crash();
    std::lock_guard lock(account->access);
    account->balance -= 60;
  });
  {
    std::lock_guard lock(account->access);
    HEDDLE_ASSERT(account->balance == 100 || account->balance == 40);
  }
  worker.wait();
}
