// How the checker sees that an owner of a std::shared_ptr lets go of the object.
//
// Who drops the last reference destroys the object, after all others have dropped theirs; whether weak_ptr::lock finds
// it alive depends on that order too. The counts are libstdc++'s, and its atomic instructions tell the checker nothing.
// So the members of its two handles on a control block that matter are replaced by ones that ask for an operation
// first. That must be done before the standard library's header is read: a harness is compiled with `-include` of this
// one.
//
// To copy a reference is no operation: who copies holds one, so the count does not come to zero, and nobody can tell.
#pragma once

#include <version>

#if defined(__GLIBCXX__) && !defined(_SHARED_PTR_BASE_H)
#define HEDDLE_SEES_SHARED_PTR
#endif

#include <memory>

#include "checker/runtime/harness_interface.hpp"

namespace heddle::models {

class SharedCountPrimitive final : public core::Primitive {
 public:
  enum Code : std::uint8_t { drop, lock, expired };

  core::Outcome apply(const core::Operation& operation, core::ThreadId thread, core::Value state,
                      std::uint32_t choice) const override;
  const char* name() const override { return "shared_ptr"; }
  const char* operation_name(const core::Operation& operation) const override;
  std::string outcome(const core::Operation& operation, core::Value before, bool wrote) const override;
  std::string show(core::Value) const override { return ""; }
};

inline constexpr SharedCountPrimitive shared_count_primitive{};

/// What Heddle's own classes share: who drops the last reference is no operation.
#ifdef __GLIBCXX__
template <class T>
using Unwatched = std::__shared_ptr<T, __gnu_cxx::_S_single>;
template <class T, class... Arguments>
Unwatched<T> make_unwatched(Arguments&&... arguments) {
  return std::__make_shared<T, __gnu_cxx::_S_single>(std::forward<Arguments>(arguments)...);
}
/// The same, in memory of `allocator`.
template <class T, class Allocator, class... Arguments>
Unwatched<T> allocate_unwatched(const Allocator& allocator, Arguments&&... arguments) {
  return std::__allocate_shared<T, __gnu_cxx::_S_single>(allocator, std::forward<Arguments>(arguments)...);
}
#else
template <class T>
using Unwatched = std::shared_ptr<T>;
template <class T, class... Arguments>
Unwatched<T> make_unwatched(Arguments&&... arguments) {
  return std::make_shared<T>(std::forward<Arguments>(arguments)...);
}
template <class T, class Allocator, class... Arguments>
Unwatched<T> allocate_unwatched(const Allocator& allocator, Arguments&&... arguments) {
  return std::allocate_shared<T>(allocator, std::forward<Arguments>(arguments)...);
}
#endif

// What is asked for before the count of a control block is changed or looked at. Outside a check they do nothing.

/// Happens-before: what owners did before they dropped their references happens before what one does that drops its
/// own later, and so before the destruction.
void before_drop(void* control_block);
/// A weak_ptr is turned into a shared_ptr. Orders nothing ([util.smartptr.shared] 5).
void before_lock(void* control_block);
/// It is asked whether the object is gone. Orders nothing.
void before_expired(void* control_block);
/// A weak_ptr is made of a shared_ptr. No operation.
void weak_made(void* control_block);

}  // namespace heddle::models

#ifdef HEDDLE_SEES_SHARED_PTR
// As in <bits/shared_ptr_base.h>, but for the calls into heddle.

template <>
inline std::__shared_count<__gnu_cxx::_S_atomic>::~__shared_count() noexcept {
  if (_M_pi == nullptr) return;
  heddle::models::before_drop(_M_pi);
  _M_pi->_M_release();
}

template <>
inline std::__shared_count<__gnu_cxx::_S_atomic>& std::__shared_count<__gnu_cxx::_S_atomic>::operator=(
    const __shared_count& other) noexcept {
  if (other._M_pi != _M_pi) __shared_count(other)._M_swap(*this);
  return *this;
}

template <>
inline std::__weak_count<__gnu_cxx::_S_atomic>::__weak_count(const __shared_count<__gnu_cxx::_S_atomic>& other) noexcept
    : _M_pi(other._M_pi) {
  if (_M_pi == nullptr) return;
  _M_pi->_M_weak_add_ref();
  heddle::models::weak_made(_M_pi);
}

template <>
inline std::__weak_count<__gnu_cxx::_S_atomic>& std::__weak_count<__gnu_cxx::_S_atomic>::operator=(
    const __shared_count<__gnu_cxx::_S_atomic>& other) noexcept {
  __weak_count(other)._M_swap(*this);
  return *this;
}

template <>
inline long std::__weak_count<__gnu_cxx::_S_atomic>::_M_get_use_count() const noexcept {
  if (_M_pi == nullptr) return 0;
  heddle::models::before_expired(_M_pi);
  return _M_pi->_M_get_use_count();
}

template <>
inline std::__shared_count<__gnu_cxx::_S_atomic>::__shared_count(const __weak_count<__gnu_cxx::_S_atomic>& other)
    : _M_pi(other._M_pi) {
  if (_M_pi != nullptr) heddle::models::before_lock(_M_pi);
  if (_M_pi == nullptr || !_M_pi->_M_add_ref_lock_nothrow()) std::__throw_bad_weak_ptr();
}

template <>
inline std::__shared_count<__gnu_cxx::_S_atomic>::__shared_count(const __weak_count<__gnu_cxx::_S_atomic>& other,
                                                                 std::nothrow_t) noexcept
    : _M_pi(other._M_pi) {
  if (_M_pi == nullptr) return;
  heddle::models::before_lock(_M_pi);
  if (!_M_pi->_M_add_ref_lock_nothrow()) _M_pi = nullptr;
}

#endif
