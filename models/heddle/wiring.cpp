// The one place where the engine and the models meet.
#include "checker/core/error.hpp"
#include "checker/graph/memory_model.hpp"
#include "models/memory/rc11.hpp"
#include "models/memory/sc.hpp"
#include "models/memory/tso.hpp"

namespace heddle::graph {

std::unique_ptr<MemoryModel> make_memory_model(const std::string& name) {
  if (name == "sc") return models::make_sc();
  if (name == "tso") return models::make_tso();
  if (name == "ra") return models::make_ra();
  if (name == "rc11") return models::make_rc11();
  throw Error("there is no memory model \"" + name + "\" ; there are: sc, tso, ra, rc11");
}

}  // namespace heddle::graph
