// double_checked.cpp with an atomic pointer: who sees it set also sees what it points to. Verified.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Settings {
  heddle::var<int> volume{11};
};

class Lazy {
 public:
  Settings& get() {
    Settings* settings = settings_.load(std::memory_order_acquire);
    if (settings == nullptr) {
      std::lock_guard lock(m_);
      settings = settings_.load(std::memory_order_relaxed);
      if (settings == nullptr) {
        settings = new Settings;
        settings_.store(settings, std::memory_order_release);
      }
    }
    return *settings;
  }
  ~Lazy() { delete settings_.load(); }

 private:
  heddle::mutex m_;
  heddle::atomic<Settings*> settings_{nullptr};
};

}  // namespace

HEDDLE_TEST("everyone sees the same settings") {
  Lazy lazy;
  heddle::thread a([&] { HEDDLE_ASSERT(lazy.get().volume == 11); });
  heddle::thread b([&] { HEDDLE_ASSERT(lazy.get().volume == 11); });
  a.join();
  b.join();
}
