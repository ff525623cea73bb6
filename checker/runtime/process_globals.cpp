#include "checker/runtime/process_globals.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace heddle::runtime {

ProcessGlobals::ProcessGlobals(const UserGlobals& globals) : globals_(globals), images_(core::max_threads) {}

void ProcessGlobals::start() {
  present_ = 0;
  forget_from(0);
}

void ProcessGlobals::forget_from(core::ThreadId number) {
  for (std::size_t process = number; process < used_; ++process) images_[process].clear();
  used_ = std::min<std::size_t>(used_, number);
}

void ProcessGlobals::take_down(Image& image) const {
  for (std::size_t page = 0; page < globals_.written_pages(); ++page) {
    const char* const now = globals_.page(page);
    const char* const first = globals_.first_content(page);
    if (std::memcmp(now, first, UserGlobals::page_bytes) == 0) continue;
    for (std::size_t offset = 0; offset < UserGlobals::page_bytes; offset += block_bytes) {
      if (std::memcmp(now + offset, first + offset, block_bytes) == 0) continue;
      Block& block = image.emplace_back();
      block.page = page;
      block.offset = offset;
      std::memcpy(block.words, now + offset, block_bytes);
    }
  }
}

void ProcessGlobals::fork(core::ThreadId parent, core::ThreadId child) {
  Image& image = image_of(child);
  if (parent != present_) {
    image = images_[parent];
    return;
  }
  image.clear();
  take_down(image);
}

void ProcessGlobals::exchange(core::ThreadId process) {
  Image& leaving = image_of(present_);
  take_down(leaving);
  for (const Block& block : leaving)
    std::memcpy(place(block), globals_.first_content(block.page) + block.offset, block_bytes);
  Image& entering = images_[process];
  for (const Block& block : entering) std::memcpy(place(block), block.words, block_bytes);
  entering.clear();
  present_ = process;
}

// Layout: who is present, how many others have an image, and those one after another, each behind its description.

std::size_t ProcessGlobals::saved_bytes() const {
  std::size_t bytes = sizeof(Saved);
  for (const Image& image : images())
    if (!image.empty()) bytes += sizeof(Saved) + image.size() * sizeof(Block);
  return bytes;
}

char* ProcessGlobals::save(char* at) const {
  const auto put = [&](const void* from, std::size_t bytes) {
    std::memcpy(at, from, bytes);
    at += bytes;
  };
  const auto has_image = [](const Image& image) { return !image.empty(); };
  const Saved all{present_, static_cast<std::size_t>(std::count_if(images().begin(), images().end(), has_image))};
  put(&all, sizeof all);
  for (std::size_t process = 0; process < used_; ++process) {
    const Image& image = images_[process];
    if (image.empty()) continue;
    const Saved one{process, image.size()};
    put(&one, sizeof one);
    put(image.data(), image.size() * sizeof(Block));
  }
  return at;
}

void ProcessGlobals::restore(const char* at) {
  const auto take = [&] {
    Saved saved;
    std::memcpy(&saved, at, sizeof saved);
    at += sizeof saved;
    return saved;
  };
  const Saved all = take();
  present_ = static_cast<core::ThreadId>(all.process);
  forget_from(0);
  for (std::size_t i = 0; i < all.blocks; ++i) {
    const Saved one = take();
    const std::size_t bytes = one.blocks * sizeof(Block);
    set_image(static_cast<core::ThreadId>(one.process), {at, bytes});
    at += bytes;
  }
}

std::span<const char> ProcessGlobals::image(core::ThreadId process) const {
  const Image& image = images_[process];
  return {reinterpret_cast<const char*>(image.data()), image.size() * sizeof(Block)};
}

void ProcessGlobals::set_image(core::ThreadId process, std::span<const char> image) {
  if (image.empty() && process >= used_) return;
  Image& mine = image_of(process);
  mine.resize(image.size() / sizeof(Block));
  if (!image.empty()) std::memcpy(mine.data(), image.data(), image.size());
}

}  // namespace heddle::runtime
