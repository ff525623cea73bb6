// Double-checked initialisation with a plain pointer: the first check reads it without the lock, while another thread
// may be writing it. Heddle reports that data race, even though the lock makes sure that only one thread writes. Cured
// in double_checked_fixed.cpp.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Settings {
  heddle::var<int> volume{11};
};

class Lazy {
 public:
  Settings& get() {
    if (settings_ == nullptr) {
      std::lock_guard lock(m_);
      if (settings_ == nullptr) settings_ = new Settings;
    }
    return *settings_;
  }
  ~Lazy() { delete settings_; }

 private:
  heddle::mutex m_;
  heddle::var<Settings*> settings_{nullptr};
};

}  // namespace

HEDDLE_TEST("everyone sees the same settings") {
  Lazy lazy;
  heddle::thread a([&] { HEDDLE_ASSERT(lazy.get().volume == 11); });
  heddle::thread b([&] { HEDDLE_ASSERT(lazy.get().volume == 11); });
  a.join();
  b.join();
}
