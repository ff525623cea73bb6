// Memory for tables that are looked up at random: in large pages, where it is much. With small ones nearly every look
// at a table of a few hundred megabytes misses the processor's cache of page addresses, too.
#pragma once

#include <sys/mman.h>

#include <cstdlib>
#include <new>

namespace heddle::search {

/// An allocator for vectors whose new elements need no value: they have none, unless one is given.
template <class T>
struct LargePages {
  using value_type = T;
  static constexpr std::size_t page_bytes = std::size_t{2} << 20;

  LargePages() = default;
  template <class U>
  LargePages(const LargePages<U>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    const bool much = bytes >= 2 * page_bytes;
    void* const memory =
        much ? std::aligned_alloc(page_bytes, (bytes + page_bytes - 1) / page_bytes * page_bytes) : std::malloc(bytes);
    if (memory == nullptr) throw std::bad_alloc();
    if (much) madvise(memory, bytes, MADV_HUGEPAGE);  // a wish: it may be refused
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t) { std::free(memory); }
  template <class U>
  void construct(U* place) noexcept {
    ::new (static_cast<void*>(place)) U;
  }
  template <class U, class... Arguments>
  void construct(U* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) U(static_cast<Arguments&&>(arguments)...);
  }
  bool operator==(const LargePages&) const { return true; }
};

}  // namespace heddle::search
