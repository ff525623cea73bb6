// heddle::message_queue<T>: a queue of messages with priorities, as mq_open(), mq_send(), mq_receive() and the timed
// forms of these of POSIX (IEEE Std 1003.1) and boost::interprocess::message_queue have it.
//
// The state is the number of messages; they themselves stand behind the queue, and are put and taken in the order of
// its operations.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

#include "models/process/kernel_object.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

namespace models {

/// State: the number of messages (low).
class MessageQueuePrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { send, receive };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "message queue"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  core::Need need(const core::Operation&) const override { return core::Need::post; }
  const char* waking(const core::Operation& operation) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
};

inline constexpr MessageQueuePrimitive message_queue_primitive{};

/// Of an operation that only tries.
inline constexpr TimeLimit at_once = 0;

class MessageQueueState final : public KernelObject {
 public:
  MessageQueueState(std::size_t capacity, std::size_t message_bytes, const source_location& site)
      : capacity_(capacity), message_bytes_(message_bytes), location_(message_queue_primitive, {}, site) {}

  static std::size_t slot_bytes(std::size_t message_bytes) {
    return sizeof(Slot) + (message_bytes + alignof(Slot) - 1) / alignof(Slot) * alignof(Slot);
  }
  /// Waits while it is full, up to `limit`; false where it still is.
  bool send(const void* message, unsigned priority, std::optional<TimeLimit> limit, const source_location& site);
  /// The oldest of those of the highest priority; waits and fails likewise where there is none.
  bool receive(void* message, unsigned* priority, std::optional<TimeLimit> limit, const source_location& site);

 private:
  /// Stands before a message.
  struct Slot {
    std::uint64_t number = 0;  ///< in the order in which they were sent, from 1; 0: there is none
    std::uint64_t priority = 0;
  };

  bool ask(MessageQueuePrimitive::Code code, std::optional<TimeLimit> limit, const source_location& site);
  /// Asks, and where that was possible does what comes `then`, in one go.
  template <class Then>
  bool wait(MessageQueuePrimitive::Code code, std::optional<TimeLimit> limit, const source_location& site, Then then);
  void put(const void* message, unsigned priority);
  /// The priority of the message.
  unsigned take(void* message);
  Slot* slot(std::size_t number) {
    return reinterpret_cast<Slot*>(reinterpret_cast<char*>(this + 1) + number * slot_bytes(message_bytes_));
  }

  std::size_t capacity_;
  std::size_t message_bytes_;
  std::uint64_t count_ = 0;  ///< of the messages in it
  runtime::Location location_;
};

}  // namespace models

/// A queue of up to `capacity` messages. It belongs to no process: messages stay in it when their sender dies, and
/// nobody learns that there is nobody left at the other end. A message_queue is a handle: copies are the same queue.
/// Give it to a process by value. Happens-before: a send synchronizes with the receives after it. What blocks may throw
/// std::system_error (interrupted) where the process has a handler that interrupts: see this_process::on_signal.
template <class T>
class message_queue {
  using Site = source_location;
  static_assert(std::is_trivially_copyable_v<T>, "bytes go through a queue, and come out in another process");

 public:
  explicit message_queue(std::size_t capacity = 10, Site site = Site::current())
      : state_(models::make_kernel_object<models::MessageQueueState>(
            checked(capacity, site) * models::MessageQueueState::slot_bytes(sizeof(T)), capacity, sizeof(T), site)) {}

  /// Blocks while the queue is full. Messages of a higher priority are received first.
  void send(const T& message, unsigned priority = 0, Site site = Site::current()) const {
    state(site).send(&message, priority, std::nullopt, site);
  }
  /// False, and nothing sent, where the queue is full (EAGAIN of O_NONBLOCK).
  bool try_send(const T& message, unsigned priority = 0, Site site = Site::current()) const {
    return state(site).send(&message, priority, models::at_once, site);
  }
  /// Blocks while the queue is empty. Of the messages of the highest priority, the oldest.
  T receive(Site site = Site::current()) const {
    unsigned priority = 0;
    return receive(priority, site);
  }
  /// The same; sets `priority` to the message's.
  T receive(unsigned& priority, Site site = Site::current()) const {
    T message;
    state(site).receive(&message, &priority, std::nullopt, site);
    return message;
  }
  /// False where the queue is empty.
  bool try_receive(T& message, Site site = Site::current()) const {
    unsigned priority = 0;
    return state(site).receive(&message, &priority, models::at_once, site);
  }
  /// As send; false, and nothing sent, where it timed out (ETIMEDOUT of mq_timedsend), as --timeouts has it. Where
  /// there is room it does not, however late it is.
  template <class Rep, class Period>
  bool send_for(const T& message, const std::chrono::duration<Rep, Period>& duration, unsigned priority = 0,
                Site site = Site::current()) const {
    return timed_send(message, models::limit_of(duration), priority, site);
  }
  template <class Clock, class Duration>
  bool send_until(const T& message, const std::chrono::time_point<Clock, Duration>& time, unsigned priority = 0,
                  Site site = Site::current()) const {
    return timed_send(message, models::limit_until(time), priority, site);
  }
  /// As receive; false where it timed out (ETIMEDOUT of mq_timedreceive), as --timeouts has it. Where there is a
  /// message it does not, however late it is.
  template <class Rep, class Period>
  bool receive_for(T& message, const std::chrono::duration<Rep, Period>& duration, Site site = Site::current()) const {
    return timed_receive(message, models::limit_of(duration), site);
  }
  template <class Clock, class Duration>
  bool receive_until(T& message, const std::chrono::time_point<Clock, Duration>& time,
                     Site site = Site::current()) const {
    return timed_receive(message, models::limit_until(time), site);
  }

 private:
  bool timed_send(const T& message, models::TimeLimit limit, unsigned priority, const Site& site) const {
    if (state(site).send(&message, priority, limit, site)) return true;
    models::timed_out(limit);
    return false;
  }
  bool timed_receive(T& message, models::TimeLimit limit, const Site& site) const {
    unsigned priority = 0;
    if (state(site).receive(&message, &priority, limit, site)) return true;
    models::timed_out(limit);
    return false;
  }
  static std::size_t checked(std::size_t capacity, const Site& site) {
    if (capacity == 0) runtime::misuse("message_queue made with a capacity of 0", site);
    return capacity;
  }
  models::MessageQueueState& state(const Site& site) const {
    runtime::require_own(this, "handle of a message queue", site);
    return *state_;
  }

  models::MessageQueueState* state_;
};

}  // namespace heddle
