// Plain objects of the harness that are locations for a while: what heddle::atomic_ref refers to.
//
// The location is found by the object's address, so that all references to one object are one location. Its value is
// written back into the object whenever a write becomes the newest, so that plain code finds it there. What plain code
// has changed in between is noticed when the object is referred to again: it is then another location, with that
// value to begin with. All that was done at the one before must happen before that.
//
// What is kept here depends on the graph alone, and belongs to the checkpoints.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "checker/runtime/harness_interface.hpp"

namespace heddle::runtime {

struct PlainObject {
  const void* address = nullptr;
  const ReferredType* type = nullptr;
  Shadow* shadow = nullptr;      ///< where it is plain data that is watched
  source_location made_at = {};  ///< that
  Value value = {};              ///< as it was last read or written back

  Value now() const { return type->read(address); }
};

/// An object, as it is in the present execution. Plain bytes.
struct Referred {
  PlainObject object = {};
  LocationId location = 0;     ///< 0: not referred to in this execution yet
  std::uint32_t renewals = 0;  ///< how often plain code has changed it
};

class ReferredObjects {
 public:
  /// The number of an object, the same in all executions of a check. To run an execution again at other addresses
  /// takes the numbers of the one before: by who refers, and when (`moment`).
  using Moment = std::tuple<ThreadId, std::int32_t, std::uint32_t>;
  std::size_t number_of(const PlainObject& object, const Moment& moment, bool elsewhere);
  Referred& operator[](std::size_t number) { return known_[number]; }
  const Referred& operator[](std::size_t number) const { return known_[number]; }
  std::size_t size() const { return known_.size(); }
  /// The numbers of other objects that share bytes with it.
  const std::vector<std::size_t>& overlaps(std::size_t number) const { return overlaps_[number]; }
  /// The location of an object that was renewed so often; 0: not known.
  LocationId& location(std::size_t number, std::uint32_t renewals);
  /// A new execution begins; `elsewhere`: the one before again, at other addresses. After that nothing is noted.
  void start(bool elsewhere);

  /// What a checkpoint holds.
  std::size_t bytes() const { return known_.size() * sizeof(Referred); }
  const Referred* data() const { return known_.data(); }
  void take(const void* from, std::size_t count);

 private:
  std::size_t number_at_address(const PlainObject& object);

  std::vector<Referred> known_;
  std::map<std::pair<const void*, const Primitive*>, std::size_t> numbers_by_object_;
  std::vector<std::pair<const char*, const char*>> places_;  ///< where each object begins and ends
  std::vector<std::vector<std::size_t>> overlaps_;
  std::vector<std::vector<LocationId>> locations_;
  std::map<Moment, std::size_t> noted_;
  bool notes_ = false;  ///< the execution may be run again elsewhere
};

/// While it lives, the values of referred objects are not in memory: the newest write may be one that the thread whose
/// state is looked at does not know of.
class HiddenReferred {
 public:
  explicit HiddenReferred(const ReferredObjects& objects);
  ~HiddenReferred();
  HiddenReferred(const HiddenReferred&) = delete;
  HiddenReferred& operator=(const HiddenReferred&) = delete;

 private:
  std::vector<std::pair<PlainObject, std::string>> hidden_;  ///< with the bytes that were there
};

}  // namespace heddle::runtime
