// Observers that may leave: publish() copies the list and calls the observers without the lock, so that they may call
// back. An observer that is taken from the list and deleted meanwhile is called after its end. Heddle reports the use
// after free, by the heddle::var that notify() accesses. Cured in observer_list_fixed.cpp.
#include <algorithm>
#include <heddle/heddle.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace {

class Observer {
 public:
  void notify(int value) { sum_ += value; }

 private:
  heddle::var<int> sum_{0};
};

class Subject {
 public:
  void attach(Observer* observer) {
    std::lock_guard lock(m_);
    observers_.write().push_back(observer);
  }
  void detach(Observer* observer) {
    std::lock_guard lock(m_);
    auto& all = observers_.write();
    all.erase(std::find(all.begin(), all.end(), observer));
  }
  void publish(int value) {
    std::unique_lock lock(m_);
    const std::vector<Observer*> copy = observers_.read();
    lock.unlock();
    for (Observer* observer : copy) observer->notify(value);
  }

 private:
  heddle::mutex m_;
  heddle::var<std::vector<Observer*>> observers_;
};

}  // namespace

HEDDLE_TEST("an observer may leave while something is published") {
  Subject subject;
  auto observer = std::make_unique<Observer>();
  subject.attach(observer.get());
  heddle::thread publisher([&] { subject.publish(1); });
  subject.detach(observer.get());
  observer.reset();
  publisher.join();
}
