// heddle::pipe<T>: a channel between processes, as pipe() of POSIX makes one (IEEE Std 1003.1, pipe(), read(), write(),
// close()).
//
// Three locations. The content's state is how many elements there are, and which end nobody has any more. Of each end
// the state is the set of processes that have it open: whoever takes the last one out hangs up. That nobody orders the
// processes that close an end against those that use the pipe keeps the executions few.
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "models/process/kernel_object.hpp"
#include "models/sync/thread_set.hpp"

namespace heddle {

namespace models {

/// State: the number of elements (low); of each end, whether nobody has it open (high). Operand: how many to read, or
/// what there is room for (low); whether it gives up where it would wait (high).
class PipePrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { read, write, last_reader_left, last_writer_left };
  static constexpr std::uint64_t no_reader = 1;
  static constexpr std::uint64_t no_writer = 2;

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "pipe"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  bool is_told(const core::Operation& operation) const override { return operation.code <= write; }
  const char* waking(const core::Operation& operation) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

/// State: the processes that have the end open.
class PipeEndPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { inherit, close };

  constexpr PipeEndPrimitive(const char* name, const char* closing) : name_(name), closing_(closing) {}
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return name_; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool is_told(const core::Operation& operation) const override { return operation.code == close; }
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;

 private:
  const char* name_;
  const char* closing_;
};

inline constexpr PipePrimitive pipe_primitive{};
inline constexpr PipeEndPrimitive read_end_primitive{"read end", "close the read end of"};
inline constexpr PipeEndPrimitive write_end_primitive{"write end", "close the write end of"};

/// Throws std::system_error: nobody has the read end open.
[[noreturn]] void broken_pipe();

enum class PipeEnd : std::uint8_t { reading, writing };

/// A pipe of elements of `element_bytes` each, which stand behind it.
class PipeState final : public KernelObject {
 public:
  PipeState(std::size_t capacity, std::size_t element_bytes, const source_location& site);

  /// Blocks while there is nothing; how many elements were read, 0 where nobody can write any more.
  std::size_t read(void* into, std::size_t most, const source_location& site);
  /// Blocks while it is full; false where nobody can read any more.
  bool write(const void* element, const source_location& site);
  /// The calling process closes its end; false where it has not got that open.
  bool close(PipeEnd end, const core::Site& site);

  void inherit(core::ThreadId child, const core::Site& site) override;
  void leave(const core::Site& site) override;

 private:
  struct End {
    const PipeEndPrimitive& primitive;
    core::Value initial;  ///< whoever has made the pipe
    runtime::Location location;
    ThreadSet open;  ///< as the location has it, where the process that asks has one thread
  };

  core::Delivery ask(PipePrimitive::Code code, core::Value operand, const core::Site& site);
  core::Delivery ask_end(End& end, PipeEndPrimitive::Code code, core::ThreadId child, const core::Site& site);
  End& end_of(PipeEnd end) { return end == PipeEnd::reading ? reading_ : writing_; }
  void require_open(PipeEnd end, const source_location& site);
  char* element(std::size_t number) { return reinterpret_cast<char*>(this + 1) + number % capacity_ * element_bytes_; }

  std::size_t capacity_;
  std::size_t element_bytes_;
  std::size_t read_ = 0;     ///< elements, in all
  std::size_t written_ = 0;  ///< likewise
  source_location made_at_;
  runtime::Location content_;
  End reading_;
  End writing_;
};

}  // namespace models

/// A channel of up to `capacity` elements. Whoever makes it has both ends open, and so has every process that it starts
/// from then on: as descriptors after fork. An end stays open until the process closes it, or ends. A pipe is a handle:
/// copies are the same pipe. Give it to a process by value.
///
/// An element is read and written in one piece, as POSIX promises for up to PIPE_BUF bytes; a span element by element,
/// so that the writer may die in the middle, and others may write in between. Happens-before: a write synchronizes with
/// the reads after it; the close that leaves an end to nobody with whoever learns of it. Misuse, which is a finding: to
/// use an end that the process has not got open (EBADF). What blocks may throw std::system_error (interrupted) where
/// the process has a handler that interrupts: see this_process::on_signal.
template <class T>
class pipe {
  using Site = source_location;
  static_assert(std::is_trivially_copyable_v<T>, "bytes go through a pipe, and come out in another process");

 public:
  explicit pipe(std::size_t capacity = 16, Site site = Site::current())
      : state_(models::make_kernel_object<models::PipeState>(checked(capacity, site) * sizeof(T), capacity, sizeof(T),
                                                             site)) {}

  /// Blocks while the pipe is empty. False at the end of file: it is empty, and nobody has the write end open.
  bool read(T& into, Site site = Site::current()) const { return state(site).read(&into, 1, site) == 1; }
  /// Blocks while the pipe is empty; then reads what there is, up to the size of `into`. Returns how many elements, 0
  /// at the end of file.
  std::size_t read(std::span<T> into, Site site = Site::current()) const {
    return into.empty() ? 0 : state(site).read(into.data(), into.size(), site);
  }
  /// Blocks while the pipe is full. Throws std::system_error (broken_pipe) where nobody has the read end open, as where
  /// SIGPIPE is ignored.
  void write(const T& element, Site site = Site::current()) const {
    if (!state(site).write(&element, site)) models::broken_pipe();
  }
  void write(std::span<const T> elements, Site site = Site::current()) const {
    for (const T& element : elements) write(element, site);
  }
  /// The calling process can no longer read, or write. Misuse where it could not before.
  void close_read(Site site = Site::current()) const { close(models::PipeEnd::reading, site); }
  void close_write(Site site = Site::current()) const { close(models::PipeEnd::writing, site); }

 private:
  static std::size_t checked(std::size_t capacity, const Site& site) {
    if (capacity == 0) runtime::misuse("pipe made with a capacity of 0", site);
    return capacity;
  }
  models::PipeState& state(const Site& site) const {
    runtime::require_own(this, "handle of a pipe", site);
    return *state_;
  }
  void close(models::PipeEnd end, const Site& site) const {
    if (!state(site).close(end, {site})) runtime::misuse("close of an end that this process has not got open", site);
  }

  models::PipeState* state_;
};

}  // namespace heddle
