// The globals of each process: a copy of its own from its start on, as after fork() (IEEE Std 1003.1, fork()).
//
// One process's globals stand in their places. Of the others' there is what differs from what the globals held at
// first, in small blocks; when a thread of another process is to run, they change places. Without processes there is
// nothing to keep.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "checker/core/types.hpp"
#include "checker/runtime/globals.hpp"

namespace heddle::runtime {

class ProcessGlobals {
 public:
  explicit ProcessGlobals(const UserGlobals& globals);

  /// An execution begins: there is the main process, and its globals are in their places.
  void start();
  /// `child` is started, and gets a copy of what `parent` has.
  void fork(core::ThreadId parent, core::ThreadId child);
  /// The globals of `process` are to be in their places.
  void enter(core::ThreadId process) {
    if (process != present_) [[unlikely]]
      exchange(process);
  }

  // --- in checkpoints ---
  std::size_t saved_bytes() const;
  char* save(char* at) const;
  /// What was saved is put back, once the pages themselves were.
  void restore(const char* at);

  // --- as a value: of a process that is not present ---
  std::span<const char> image(core::ThreadId process) const;
  void set_image(core::ThreadId process, std::span<const char> image);
  /// What is in the places of the globals is the main process's, whoever's it was.
  void take_for_main() { present_ = 0; }
  /// There are no processes from `number` on.
  void forget_from(core::ThreadId number);

  /// Visits the words in which those who are not present differ from the beginning.
  template <class Visitor>
  void each_word(Visitor visit) const {
    for (const Image& image : images())
      for (const Block& block : image)
        for (void* const word : block.words) visit(word);
  }

 private:
  static constexpr std::size_t block_bytes = 64;

  /// A piece of a page that is not as it was at first.
  struct Block {
    std::size_t page;  ///< its number
    std::size_t offset;
    void* words[block_bytes / sizeof(void*)];
  };
  using Image = std::vector<Block>;  ///< in order
  struct Saved {
    std::size_t process;
    std::size_t blocks;
  };

  std::span<const Image> images() const { return {images_.data(), used_}; }
  Image& image_of(core::ThreadId process) {
    used_ = std::max<std::size_t>(used_, process + 1u);
    return images_[process];
  }
  char* place(const Block& block) const { return globals_.page(block.page) + block.offset; }
  void exchange(core::ThreadId process);
  /// Appends what is in the places of the globals.
  void take_down(Image& image) const;

  const UserGlobals& globals_;
  core::ThreadId present_ = 0;
  std::vector<Image> images_;  ///< by process; empty of the present one, and of numbers that are no process's
  std::size_t used_ = 0;       ///< from there on they are empty
};

}  // namespace heddle::runtime
