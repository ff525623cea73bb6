#include "models/process/kernel_object.hpp"

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
  each_object([&](KernelObject& object) { object.leave(site); });
}

}  // namespace heddle::models
