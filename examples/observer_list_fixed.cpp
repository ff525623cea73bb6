// The cure of observer_list.cpp: the list shares its observers with their owners, and so does the copy. Whoever is
// called lives until the call is over, and the last who lets go deletes.
#include <algorithm>
#include <heddle/heddle.hpp>
#include <memory>
#include <mutex>
#include <utility>
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
  void attach(std::shared_ptr<Observer> observer) {
    std::lock_guard lock(m_);
    observers_.write().push_back(std::move(observer));
  }
  void detach(const std::shared_ptr<Observer>& observer) {
    std::lock_guard lock(m_);
    auto& all = observers_.write();
    all.erase(std::find(all.begin(), all.end(), observer));
  }
  void publish(int value) {
    std::unique_lock lock(m_);
    const std::vector<std::shared_ptr<Observer>> copy = observers_.read();
    lock.unlock();
    for (const auto& observer : copy) observer->notify(value);
  }

 private:
  heddle::mutex m_;
  heddle::var<std::vector<std::shared_ptr<Observer>>> observers_;
};

}  // namespace

HEDDLE_TEST("an observer may leave while something is published") {
  Subject subject;
  auto observer = std::make_shared<Observer>();
  subject.attach(observer);
  heddle::thread publisher([&] { subject.publish(1); });
  subject.detach(observer);
  observer.reset();
  publisher.join();
}
