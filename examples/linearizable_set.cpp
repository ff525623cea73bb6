// A set of small numbers. add() says whether the number is new, and looks for that before it puts it in: two threads
// that add the same number are both told that it was new. Cured in linearizable_set_fixed.cpp.
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>
#include <set>

namespace {

class Set {
 public:
  bool add(int number) {
    if (members_[number].load()) return false;
    members_[number].store(true);
    return true;
  }
  bool remove(int number) { return members_[number].exchange(false); }
  bool contains(int number) { return members_[number].load(); }

 private:
  heddle::atomic<bool> members_[4];
};

struct SetSpec {
  std::set<int> members;

  bool add(int number) { return members.insert(number).second; }
  bool remove(int number) { return members.erase(number) != 0; }
  bool contains(int number) { return members.count(number) != 0; }
  bool operator==(const SetSpec&) const = default;
};

}  // namespace

HEDDLE_TEST("the set is linearizable") {
  Set set;
  heddle::linearizable<SetSpec> watched;
  auto add = [&](int number) { watched.call<&SetSpec::add>([&](int n) { return set.add(n); }, number); };
  auto remove = [&](int number) { watched.call<&SetSpec::remove>([&](int n) { return set.remove(n); }, number); };
  auto contains = [&](int number) { watched.call<&SetSpec::contains>([&](int n) { return set.contains(n); }, number); };
  heddle::thread a([&] {
    add(1);
    add(2);
  });
  heddle::thread b([&] {
    add(1);
    remove(1);
  });
  contains(2);
  contains(1);
  a.join();
  b.join();
}
