// The one place where the engine and the models meet.
#include "checker/core/error.hpp"
#include "checker/graph/memory_model.hpp"
#include "models/memory/sc.hpp"

namespace heddle::graph {

std::unique_ptr<MemoryModel> make_memory_model(const std::string& name) {
  if (name == "sc") return models::make_sc();
  throw Error("there is no memory model \"" + name + "\" in this version; there is: sc");
}

}  // namespace heddle::graph
