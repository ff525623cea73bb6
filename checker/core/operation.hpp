// An operation: what a thread asks of the checker. A primitive: what its operations do to the state they find.
//
// The engine knows operations by these few kinds only. What a lock or a notification means is said by the
// primitive (models/sync, one file each), through the one function `apply`.
#pragma once

#include <string>
#include <vector>

#include "checker/core/source_location.hpp"
#include "checker/core/types.hpp"

namespace heddle::core {

/// Where something was asked for. Where std's signature has no room for a source location, an address in the harness's
/// code stands for it, and reports look its line up in the debug information.
struct Site {
  source_location location = {};  ///< line 0 where it is not known
  const void* caller = nullptr;   ///< a return address, or what is like one: the call stands right before it

  constexpr Site() = default;
  constexpr Site(const source_location& place, const void* from = nullptr) : location(place), caller(from) {}
  explicit constexpr Site(const void* from) : caller(from) {}

  /// The place in the harness at which a function calls this that is in line there: all are always_inline whose type,
  /// as that of a pointer to a member, has to be std's.
  [[gnu::always_inline]] static Site here() {
#ifdef __x86_64__
    const void* next = nullptr;
#if __has_cpp_attribute(clang::nomerge)
    [[clang::nomerge]]  // g++ has an option for it: -fno-crossjumping
#endif
    {
      asm volatile("leaq 0(%%rip), %0" : "=r"(next));
    }
    return Site(next);
#else
    return Site(return_address());
#endif
  }

  bool operator==(const Site& other) const {
    return location.line() != 0 || other.location.line() != 0
               ? location.line() == other.location.line() && location.column() == other.location.column()
               : caller == other.caller;
  }

 private:
  [[gnu::noinline]] static const void* return_address() {
    asm volatile("");  // one call does not stand for two
    return __builtin_return_address(0);
  }
};

/// The memory order of an operation ([atomics.order]). Consume is taken as acquire by the shim.
enum class Order : std::uint8_t {
  by_primitive,  ///< of a sync object: Outcome says what the operation acquires and releases
  relaxed,
  acquire,
  release,
  acq_rel,
  seq_cst,
};

inline bool is_acquire(Order order) {
  return order == Order::acquire || order == Order::acq_rel || order == Order::seq_cst;
}
inline bool is_release(Order order) { return order >= Order::release; }

enum class OperationKind : std::uint8_t {
  load,    ///< reads a location
  store,   ///< writes a location without reading it
  update,  ///< reads a location and perhaps writes it at once: read-modify-write, lock, post, notify
  fence,   ///< orders what the thread does before and after it ([atomics.fences])
  follow,  ///< waits for the first state of a sync object, from the thread's own last write to it, that lets it go on
  join,    ///< waits for the end of another thread
  spawn,   ///< starts a thread
  begin,   ///< the new thread enters its function
  end,     ///< the thread's function has returned
  choose,  ///< one of n outcomes
  sleep,   ///< waits until its time has come
  block,   ///< heddle::assume(false): this thread goes no further, and the execution does not count
  fault,   ///< the thread was stopped by a finding
};

/// What an update does to the state that it finds.
struct Outcome {
  bool enabled = true;    ///< the guard; where it is false the thread waits
  bool writes = false;    ///< the state is replaced by `next`
  bool acquires = true;   ///< synchronizes with the releases that this state carries
  bool releases = true;   ///< what happened before is released with the new state
  bool continues = true;  ///< passes on what the old state carries; else it acquires that, and ends a release sequence
  bool keeps = false;     ///< writes what was there, for its place in the order only: its memory order is `failure`
  std::uint32_t choices = 1;    ///< how many outcomes there are: a notify_one has one for each waiter
  std::int8_t lock_change = 0;  ///< +1: the thread now holds the object as a lock, -1: no more
  Value next = {};
};

/// What would let a waiting operation go on; explains deadlocks.
enum class Need : std::uint8_t { release, notify, post, end_of_thread };

struct Operation;

/// A kind of location: its operations' semantics, and the words for reports. Stateless; one object for each kind.
class Primitive {
 public:
  /// Whether some of its operations commute. Then those that do not form a partial order, and `apply` is asked in any
  /// state that some linear extension of it leads to.
  const bool has_commuting = false;

  /// Whether the order of `a` and `b`, of two threads, makes no difference wherever either can be made: both write,
  /// lead to the same state either way, and are told the same. Asked only where has_commuting. That both do write is
  /// found out: where an operation of the object does not, none are taken to commute.
  virtual bool commute(const Operation& /*a*/, const Operation& /*b*/) const { return false; }
  /// What an operation is told of the state that it finds. None are taken to commute where that is not what the state
  /// says that its thread has found last.
  virtual std::uint64_t learns(const Operation& /*operation*/, Value /*state*/) const { return 0; }
  /// Whether in `state` operations may do what they do in no other. Where one finds such a state, none are taken to
  /// commute.
  virtual bool is_singular(Value /*state*/) const { return false; }
  /// Guard and effect of `operation`, asked by `thread`, in `state`; `choice` is below Outcome::choices.
  /// Must depend on its arguments only.
  virtual Outcome apply(const Operation& operation, ThreadId thread, Value state, std::uint32_t choice) const = 0;
  /// "mutex", "atomic"
  virtual const char* name() const = 0;
  /// "lock", "fetch_add"
  virtual const char* operation_name(const Operation& operation) const = 0;
  /// A value or state in words: "3", "held by T1".
  virtual std::string show(Value value) const = 0;
  /// Whether the object may not be destroyed in `state`.
  virtual bool in_use(Value /*state*/) const { return false; }
  /// Whether reports show such an operation; the others only keep books.
  virtual bool is_told(const Operation& /*operation*/) const { return true; }
  /// Whether such an operation, once begun, may end after the object's lifetime.
  virtual bool outlives(const Operation& /*operation*/) const { return false; }
  /// The threads that hold the object in `state`, for wait-for graphs.
  virtual std::vector<ThreadId> holders(Value /*state*/) const { return {}; }
  virtual Need need(const Operation& /*operation*/) const { return Need::release; }
  /// The thread that is to end, where that is what an operation needs.
  virtual ThreadId awaited(const Operation& /*operation*/) const { return no_thread; }
  /// Whether those who wait for the object lend their priority to its holders.
  virtual bool lends_priority() const { return false; }
  /// What another thread has to do to let a waiting operation go on, said of "it": "count it down". Empty: as `need`
  /// has it.
  virtual const char* waking(const Operation& /*operation*/) const { return ""; }
  /// `state` for a search over states, where nobody looks at an older one: what counts up for ever in it begins again
  /// where no thread could tell.
  virtual Value folded(Value state) const { return state; }
  /// Whether `wait`, which follows the object's states, had to be made before the object came to `state`.
  virtual bool expired(const Operation& /*wait*/, Value /*state*/) const { return false; }
  /// What came of an operation that found `before`, in a few words: "timed out". Empty: the states say it.
  virtual std::string outcome(const Operation& /*operation*/, Value /*before*/, bool /*wrote*/) const { return {}; }

 protected:
  constexpr Primitive() = default;
  explicit constexpr Primitive(bool some_commute) : has_commuting(some_commute) {}
  ~Primitive() = default;
};

/// `code` of a choose that no harness asks for: whether a wait wakes up without a reason (1) or not (0); whether a
/// process is to die in this execution; whether it dies here; whether the limit of a wait that was notified passes
/// before it returns.
inline constexpr std::uint8_t spurious_wakeup = 1;
inline constexpr std::uint8_t is_to_die = 2;
inline constexpr std::uint8_t dies_here = 3;
inline constexpr std::uint8_t limit_passes = 4;
/// `code` of a spawn whose thread is the first of a process of its own.
inline constexpr std::uint8_t new_process = 1;

struct Operation {
  OperationKind kind = OperationKind::load;
  std::uint8_t code = 0;  ///< which operation of the primitive; of a choose or spawn: 0, or one of the above
  Order order = Order::by_primitive;
  Order failure = Order::by_primitive;  ///< of an update that does not write, where `order` is given
  LocationId location = 0;
  /// Of a load by which a thread makes sure that it has to wait: the object at which it waits to be notified. Of a
  /// notification there: that object. What happened before a notification that has missed the thread is not missed by
  /// the load ([atomics.wait]).
  LocationId waits_at = 0;
  std::uint16_t several = 0;             ///< of one of several locks taken at once: its number, from 1 (several.hpp)
  bool timed = false;                    ///< it waits, and from `time` on it gives up: its operand is 1 then, 0 before
  const Primitive* primitive = nullptr;  ///< of the location; null where there is none
  Site site = {};                        ///< where the harness asked for it
  Value operand = {};                    ///< value to store or add, thread to join, number of choices
  Value expected = {};                   ///< of a compare-exchange; of one of several locks: where they all are
  /// The thread's clock when it asked, in nanoseconds since the beginning. Of one that is timed, when its time limit
  /// has passed; said as so many nanoseconds from then on.
  std::uint64_t time = 0;
};

/// Whether a round of a loop has done nothing by it, though it reads nothing: a fence only orders, and a process that
/// goes on here could have died in an earlier round as well.
inline bool only_passes(const Operation& operation) {
  return operation.kind == OperationKind::fence ||
         (operation.kind == OperationKind::choose && operation.code == dies_here);
}

/// What a thread gets for its operation.
struct Delivery {
  Value value = {};          ///< the value or state that was read
  std::uint32_t choice = 0;  ///< the outcome chosen
  bool wrote = false;        ///< whether an update replaced the state
  bool changed = false;      ///< … by another value
};

}  // namespace heddle::core
