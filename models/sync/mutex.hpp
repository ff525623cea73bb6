// heddle::mutex and heddle::recursive_mutex, spelled as in std ([thread.mutex.class], [thread.mutex.recursive]), and
// what the timed ones share with them.
#pragma once

#include "checker/core/several.hpp"
#include "checker/runtime/harness_interface.hpp"
#include "models/sync/time_limit.hpp"

namespace heddle {

namespace models {

/// State: who holds it (low: thread + 1, 0 for nobody) and how often (high).
class MutexPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { lock, try_lock, unlock, try_lock_for };

  constexpr MutexPrimitive(const char* name, bool recursive, bool lends_priority = false)
      : name_(name), recursive_(recursive), lends_priority_(lends_priority) {}
  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return name_; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string show(core::Value state) const override;
  bool in_use(core::Value state) const override { return state.low != 0; }
  std::vector<core::ThreadId> holders(core::Value state) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
  bool lends_priority() const override { return lends_priority_; }

 private:
  const char* name_;
  bool recursive_;
  bool lends_priority_;
};

enum class MutexKind : std::uint8_t { plain, recursive, timed, recursive_timed, priority };
inline constexpr MutexPrimitive mutex_primitives[] = {{"mutex", false},
                                                      {"recursive mutex", true},
                                                      {"timed mutex", false},
                                                      {"recursive timed mutex", true},
                                                      {"priority mutex", false, true}};

/// What these mutexes share. The kind is no member: it must be known where the memory holds something else by now.
template <MutexKind kind>
class BasicMutex {
 public:
  constexpr explicit BasicMutex(const source_location& site) : location_(primitive(), {}, site) {}
  BasicMutex(const BasicMutex&) = delete;
  BasicMutex& operator=(const BasicMutex&) = delete;
  ~BasicMutex() { location_.end(primitive()); }

  void lock(const core::Site& site);
  /// As the `number`-th of `all`; `caller` is in the harness's code.
  void lock_among(const core::SeveralLocks& all, std::uint32_t number, const core::Site& site);
  core::LockOfSeveral as_one_of_several(const core::Site& site) const;
  bool try_lock(const core::Site& site);
  bool try_lock_for(TimeLimit limit, const source_location& site);
  void unlock(const core::Site& site);
  core::LocationId id(const core::Site& site) const { return location_.id(primitive(), {}, site); }

 private:
  core::Operation operation(MutexPrimitive::Code code, const core::Site& site) const;

  static constexpr const MutexPrimitive& primitive() { return mutex_primitives[static_cast<int>(kind)]; }

  runtime::Location location_;
};

extern template class BasicMutex<MutexKind::plain>;
extern template class BasicMutex<MutexKind::recursive>;
extern template class BasicMutex<MutexKind::timed>;
extern template class BasicMutex<MutexKind::recursive_timed>;
extern template class BasicMutex<MutexKind::priority>;

}  // namespace models

class condition_variable;

namespace models {
class OneOfSeveral;  // locks.hpp
}

/// A lock that one thread at a time holds; who is next is not promised. Misuse (unlock of what the thread does not
/// hold, a second lock by its holder, destruction while held) is a finding.
/// Happens-before: an unlock synchronizes with the locks after it, and with each try_lock that succeeds.
class mutex {
 public:
  constexpr mutex(source_location site = source_location::current()) noexcept : state_(site) {}

  /// Blocks while another thread holds it.
  [[gnu::always_inline]] void lock() { state_.lock(core::Site::here()); }
  /// Takes it if nobody holds it; never blocks, and never fails spuriously.
  [[gnu::always_inline]] bool try_lock() { return state_.try_lock(core::Site::here()); }
  [[gnu::always_inline]] void unlock() { state_.unlock(core::Site::here()); }

 private:
  friend class condition_variable;
  friend class models::OneOfSeveral;
  models::BasicMutex<models::MutexKind::plain> state_;
};

/// A mutex that its holder may lock again; as many unlocks give it back.
class recursive_mutex {
 public:
  recursive_mutex(source_location site = source_location::current()) noexcept : state_(site) {}

  [[gnu::always_inline]] void lock() { state_.lock(core::Site::here()); }
  [[gnu::always_inline]] bool try_lock() { return state_.try_lock(core::Site::here()); }
  [[gnu::always_inline]] void unlock() { state_.unlock(core::Site::here()); }

 private:
  friend class models::OneOfSeveral;
  models::BasicMutex<models::MutexKind::recursive> state_;
};

}  // namespace heddle
