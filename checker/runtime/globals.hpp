// The harness's own global memory: restored between executions, page by page.
//
// Written pages are found by write protection: the first write to a page faults once in a whole check, the page's first
// content is kept, and from then on the page belongs to every checkpoint. Also: the block of the harness's
// thread_locals, which the runtime swaps when another harness thread runs.
#pragma once

#include <cstddef>
#include <vector>

namespace heddle::runtime {

class UserGlobals {
 public:
  static constexpr std::size_t page_bytes = 4096;

  /// Finds the writable segments of the program and of its libraries outside the system's folders (libheddle excepted).
  UserGlobals();
  ~UserGlobals();
  UserGlobals(const UserGlobals&) = delete;
  UserGlobals& operator=(const UserGlobals&) = delete;

  /// Protects what `static_heap_bytes` of the static heap and the segments hold: from now on writes are noticed.
  void protect(std::size_t static_heap_bytes);
  /// Called by the signal handler: makes the page at `address` writable and remembers it. False where it is not ours.
  bool notice_write(void* address);
  /// Gives every written page its first content again.
  void reset();

  std::size_t written_pages() const { return written_; }
  char* page(std::size_t number) const { return pages_[number].address; }
  const char* first_content(std::size_t number) const { return pages_[number].first; }
  /// Whether the address is that of a global.
  bool holds(const void* address) const;
  /// Whether a word in the written pages may point into [low, high): the roots of the leak check.
  template <class Visitor>
  void each_word(Visitor visit) const {
    for (const Range& range : ranges_)
      for (char* p = range.begin; p + sizeof(void*) <= range.end; p += sizeof(void*))
        visit(*reinterpret_cast<void**>(p));
  }

  char* thread_local_block() const { return thread_local_block_; }
  std::size_t thread_local_bytes() const { return thread_local_bytes_; }
  /// What the block held when the check began: where every harness thread begins.
  const char* thread_local_image() const { return thread_local_image_.data(); }

 private:
  struct Range {
    char* begin;
    char* end;
  };
  struct Page {
    char* address;
    char* first;  ///< its content before the first write
  };

  static constexpr std::size_t max_pages = std::size_t{1} << 16;

  std::vector<Range> ranges_;
  Page* pages_ = nullptr;  ///< in memory of its own: the signal handler must not allocate
  char* store_ = nullptr;  ///< the first contents, page after page
  std::size_t written_ = 0;
  char* thread_local_block_ = nullptr;
  std::size_t thread_local_bytes_ = 0;
  std::vector<char> thread_local_image_;
};

}  // namespace heddle::runtime
