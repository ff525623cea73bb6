// A pointer to what readers see, published anew and waited for, as in RCU. That somebody reads is said with a release
// store: whoever changes the pointer may look before that is seen, and delete what is being read.
#include <heddle/heddle.hpp>

namespace {

struct Settings {
  heddle::var<int> width;
  heddle::var<int> height;
};

heddle::atomic<Settings*> current{nullptr};
heddle::atomic<bool> reading{false};

int area() {
  reading.store(true, std::memory_order_release);
  const Settings* settings = current.load(std::memory_order_seq_cst);
  const int result = settings->width * settings->height;
  reading.store(false, std::memory_order_release);
  return result;
}

void publish(Settings* settings) {
  const Settings* old = current.exchange(settings, std::memory_order_seq_cst);
  heddle::assume(!reading.load(std::memory_order_seq_cst));  // a program would wait here
  delete old;
}

}  // namespace

HEDDLE_TEST("readers see one version, and none that is gone") {
  current = new Settings{2, 3};
  heddle::thread reader([] {
    const int seen = area();
    HEDDLE_ASSERT(seen == 6 || seen == 20);
  });
  publish(new Settings{4, 5});
  reader.join();
  delete current.load();
}
