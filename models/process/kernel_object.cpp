#include "models/process/kernel_object.hpp"

#include <vector>

namespace heddle::models {

namespace {

template <class Visitor>
void each_object(Visitor visit) {
  runtime::each_shared(
      [](runtime::SharedBlock& block, void* argument) {
        (*static_cast<Visitor*>(argument))(*reinterpret_cast<KernelObject*>(block.begin()));
      },
      &visit);
}

}  // namespace

void inherit_all(core::ThreadId child, const core::Site& site) {
  each_object([&](KernelObject& object) { object.inherit(child, site); });
}

void leave_all(const core::Site& site) {
  std::vector<KernelObject*> objects;
  each_object([&](KernelObject& object) { objects.push_back(&object); });
  // The oldest first, as descriptors are closed by their numbers: one after another, and others may look in between.
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) (*object)->leave(site);
}

}  // namespace heddle::models
