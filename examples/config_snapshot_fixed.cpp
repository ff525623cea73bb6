// A configuration that readers take a snapshot of, replaced as a whole. Who holds a snapshot keeps it alive, so nobody
// reads what is gone. A store that releases publishes what was written into it to who acquires; the last one to let go
// of a snapshot destroys it.
#include <heddle/heddle.hpp>
#include <memory>

namespace {

struct Config {
  heddle::var<int> width;
  heddle::var<int> height;
};

heddle::atomic<std::shared_ptr<const Config>> current;

int area() {
  const std::shared_ptr<const Config> snapshot = current.load(std::memory_order_acquire);
  return snapshot->width * snapshot->height;
}

void publish(int width, int height) {
  auto config = std::make_shared<Config>();
  config->width = width;
  config->height = height;
  current.store(std::move(config), std::memory_order_release);
}

}  // namespace

HEDDLE_TEST("a snapshot is of one version") {
  publish(2, 3);
  heddle::thread reader([] {
    const int seen = area();
    HEDDLE_ASSERT(seen == 6 || seen == 20);
  });
  publish(4, 5);
  reader.join();
  HEDDLE_ASSERT(area() == 20);
}
