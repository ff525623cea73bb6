// The load of the pointer acquires what its store released: the object.
#include <heddle/heddle.hpp>
#include <mutex>

namespace {

struct Settings {
  heddle::var<int> level{3};
};

class Lazy {
 public:
  ~Lazy() { delete settings_.load(); }

  Settings& get() {
    Settings* settings = settings_.load(std::memory_order_acquire);
    if (settings == nullptr) {
      const std::lock_guard lock(making_);
      settings = settings_.load(std::memory_order_relaxed);
      if (settings == nullptr) {
        settings = new Settings;
        settings_.store(settings, std::memory_order_release);
      }
    }
    return *settings;
  }

 private:
  heddle::atomic<Settings*> settings_{nullptr};
  heddle::mutex making_;
};

}  // namespace

HEDDLE_TEST("everybody finds the settings made") {
  Lazy lazy;
  heddle::thread other([&] { HEDDLE_ASSERT(lazy.get().level == 3); });
  HEDDLE_ASSERT(lazy.get().level == 3);
  other.join();
}
