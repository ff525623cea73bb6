// What code inside a harness may ask of the runtime: the functions under the public classes of models/sync.
//
// Light on purpose: every harness includes it. Nothing here depends on the shim's types, so that other front ends
// (compiler instrumentation, say) can stand on the same functions.
#pragma once

#include "checker/core/operation.hpp"
#include "checker/core/source_location.hpp"

namespace heddle {
enum class Timeouts : std::uint8_t;  // checker/core/options.hpp
}

namespace heddle::runtime {

using core::Delivery;
using core::LocationId;
using core::Operation;
using core::Primitive;
using core::Site;
using core::ThreadId;
using core::Value;

/// A location carries with it whose the object is: the number of a process, shared by all, or nobody's.
inline constexpr unsigned owner_shift = 24;
inline constexpr LocationId shared_mark = LocationId{200} << owner_shift;
inline constexpr LocationId nobodys_mark = LocationId{201} << owner_shift;
inline LocationId unmarked(LocationId location) { return location % (LocationId{1} << owner_shift); }

/// Whether the caller runs on a harness thread inside a check.
bool inside_check() noexcept;
/// Whether the memory was allocated inside a check: it is then as it was whenever an execution begins again.
bool is_harness_memory(const void* memory) noexcept;

/// Performs one operation of the calling harness thread; returns when it has happened. Never returns where the
/// thread is stopped by a finding. Throws heddle::Error outside a check. The result is good until the thread's next
/// operation; it does not lie on the caller's stack, which is compared where threads wait in loops (rounds.hpp).
const Delivery& perform(const Operation& operation);

/// Where an operation may be put together that the caller's stack shall hold no trace of: good until it is performed.
extern Operation* const the_request;
[[gnu::always_inline]] inline Operation& request(core::OperationKind kind, source_location site) {
  the_request->kind = kind;
  the_request->code = 0;
  the_request->location = 0;
  the_request->waits_at = 0;
  the_request->primitive = nullptr;
  the_request->order = the_request->failure = core::Order::by_primitive;
  the_request->site.location = site;
  the_request->site.caller = nullptr;
  the_request->operand = {};
  the_request->expected = {};
  return *the_request;
}
[[gnu::always_inline]] inline Operation& request(core::OperationKind kind, LocationId location,
                                                 const Primitive& primitive, source_location site) {
  Operation& operation = request(kind, site);
  operation.location = location;
  operation.primitive = &primitive;
  return operation;
}

/// What stands for a value of more bytes than a core::Value has: the same for the same bytes. None outside a check.
Value stand_in(const void* object, std::size_t bytes);
/// Puts the bytes for which `value` stands at `object`.
void put_bytes(const Value& value, void* object);
/// "{0x1, 0x2, 0x3}": the value for which `value` stands, in words of eight bytes.
std::string show_bytes(const Value& value);

/// Marks of an object that is not alive; any other value of Location's word is its id (0: not yet registered).
inline constexpr std::uint32_t destroyed_mark = 0xDEADDEADu;
inline constexpr std::uint32_t freed_mark = 0xDDDDDDDDu;  ///< what freed memory is filled with
inline constexpr std::uint32_t first_mark = 0xD0000000u;  ///< no location has a number as high

/// Registers a location constructed by the calling thread at `object`; 0 outside a check.
LocationId make_location(const void* object, const Primitive& primitive, Value initial,
                         const source_location& site) noexcept;
/// The id of a location that was constructed before the check began (a global), by its address.
LocationId adopt_location(const void* object, const Primitive& primitive, Value initial, source_location site);
/// Stops the calling thread: its operation was on an object that is not alive. `mark` is one of the marks above.
[[noreturn]] void dead_object(std::uint32_t mark, const void* object, const char* kind, Site site);
/// A location's lifetime ends: stops the thread where the object is held, or others' operations are not ordered before.
void end_location(const void* object, LocationId location, const Primitive& primitive, const source_location& made_at);

/// The word that ties a std-shaped object to its location. Constant-initialised objects are adopted when first used.
class Location {
 public:
  constexpr Location(const Primitive& primitive, Value initial, const source_location& site) : site_(site) {
    if (!std::is_constant_evaluated()) id_ = make_location(this, primitive, initial, site);
  }
  Location(const Location&) = delete;
  Location& operator=(const Location&) = delete;

  [[gnu::always_inline]] LocationId id(const Primitive& primitive, Value initial, const Site& site) const {
    if (id_ == 0) [[unlikely]]
      id_ = adopt_location(this, primitive, initial, site_);
    if (id_ >= first_mark) [[unlikely]]
      dead_object(id_, this, primitive.name(), site);
    return id_;
  }
  /// Whether `id` has no use for the initial value.
  bool is_known() const { return id_ != 0; }
  /// To be called by the owner's destructor.
  void end(const Primitive& primitive) {
    if (id_ >= first_mark) dead_object(id_, this, primitive.name(), {});
    if (id_ != 0) end_location(this, id_, primitive, site_);
    // Who uses the object after its end must find this: volatile, or it would be a dead store.
    *const_cast<volatile LocationId*>(&id_) = destroyed_mark;
  }

 private:
  mutable LocationId id_ = 0;
  source_location site_;  ///< where the object was made
};

/// Who accessed a plain location last; the head of heddle::var. An access is 8 bytes: thread, its event count, place.
struct Shadow {
  struct Access {
    std::uint32_t place = 0;  ///< number of the source line (interned); 0: no access
    std::int16_t count = 0;   ///< events of the thread before the access
    ThreadId thread = 0;
    std::uint8_t unused = 0;
  };
  static constexpr unsigned inline_readers = 4;

  Access write;
  Access reads[inline_readers];
  std::uint32_t more_readers = 0;  ///< number of a spilled list, where there are more concurrent readers
  std::uint32_t mark = 0;          ///< alive: 0 or the location that an atomic_ref has made of it; or a mark, see above
};

/// How reports show plain data: `show` is null where its type has no short form.
struct PlainValue {
  const void* address = nullptr;
  std::string (*show)(const void*) = nullptr;
};

/// Plain data has been made here: as a write by the calling thread. Reports can name it.
void begin_plain(Shadow& shadow, const source_location& made_at) noexcept;

/// A read or write of plain data: stops the calling thread with a data-race finding where a conflicting access is not
/// ordered before by happens-before ([intro.races]). Not an operation: no other thread runs in between. O(readers).
void plain_access(Shadow& shadow, bool write, const source_location& object, const source_location& site,
                  PlainValue value = {});

/// The lifetime of plain data ends: as a write, and reported as a use after free where others' accesses are not ordered
/// before.
void end_plain(Shadow& shadow, const source_location& made_at);

/// What a plain object that is to be a location is like.
struct ReferredType {
  std::uint32_t bytes;  ///< of more than a Value has, that stands for them
  Value (*read)(const void* object);
  const Primitive* primitive;  ///< of the location
  const Primitive* waiters;    ///< of the next location, of those who wait for the value to change
};

/// The location that all references to `object` share; the next number is that of who waits there. After each operation
/// on it the object holds the newest value. Stops the calling thread where the object was changed otherwise, here or at
/// the next operation. `shadow`: of data that is watched, and was made at `made_at`.
LocationId refer(const void* object, const ReferredType& type, Shadow* shadow, const source_location& made_at,
                 const source_location& site);

/// The location of an object that has no room for its number, by its address. Its value is none to begin with, and no
/// operation may change it. Nobody has made it.
LocationId locate(const void* object, const ReferredType& type);

/// Stops the calling thread with a failed assertion; `values` says what stood on its sides, where that is known.
[[noreturn]] void assertion_failed(const char* expression, const std::string& values, const source_location& site);
/// Stops the calling thread with a misuse finding, at `site`, or where that is not known at its last operation.
[[noreturn]] void misuse(const char* message, const Site& site);
/// What is said of a wait that comes too late (Primitive::expired).
struct WaitTooLate {
  const char* mine;    ///< it is the calling thread's
  const char* others;  ///< the calling thread has changed the object, before which another's may come or not
};
/// To be called after an operation on a location that threads wait at, or follow: stops the calling thread with a
/// misuse finding where a wait was not made in time, or need not be. O(events of the location).
void require_waits_in_time(LocationId location, const Primitive& primitive, const Site& site, const WaitTooLate& said);
/// Registers the harness thread that the caller is about to start, and starts it: an operation.
ThreadId spawn(void (*entry)(void*), void* argument, const source_location& site);
/// Marks that the calling thread has done something useful: heddle::progress. No operation.
void mark_progress(const source_location& site);
/// The calling thread has this priority from now on, as far as a scheduler model is concerned. No operation.
void set_priority(int priority);
/// Nobody will wait for the end of `thread`: it may still wait for something when the main thread has ended.
void detach(ThreadId thread) noexcept;
/// Ends the execution as one that does not count.
[[noreturn]] void give_up(const source_location& site);
/// There can be no more threads than there are: ends the execution there, and what comes after is not covered.
[[noreturn]] void too_many_threads(const source_location& site);
/// The calling harness thread's number.
ThreadId current_thread() noexcept;
/// Where the wait budget of spurious wake-ups allows one more for the calling thread, takes it and says so.
bool take_spurious_wakeup(const Site& site);
/// Whether a compare_exchange_weak of the calling thread may fail for no reason once more; and that it has.
bool may_fail_spuriously();
void failed_spuriously();
/// Has `call(argument)` called when the calling thread's function has returned and its thread_locals are destroyed; the
/// last one first.
void at_thread_exit(void (*call)(void*), void* argument);
/// What becomes of waits that have a time limit (--timeouts).
Timeouts timeouts();
/// What the calling thread's clocks show, in nanoseconds since the execution began. Not a look at them: that takes
/// time.
std::uint64_t time_passed();
/// Time passes for the calling thread: its clocks go forward by so much.
void pass_time(std::uint64_t nanoseconds);
/// Says that an operation of the shim was called outside a check: throws heddle::Error.
[[noreturn]] void outside_check(const char* operation, const Site& site);

}  // namespace heddle::runtime
