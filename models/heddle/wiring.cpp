// The one place where the engine and the models meet.
#include <charconv>
#include <string_view>

#include "checker/core/error.hpp"
#include "checker/graph/memory_model.hpp"
#include "models/memory/rc11.hpp"
#include "models/memory/sc.hpp"
#include "models/memory/tso.hpp"
#include "models/scheduler/schedulers.hpp"

namespace heddle::graph {

std::unique_ptr<MemoryModel> make_memory_model(const std::string& name) {
  if (name == "sc") return models::make_sc();
  if (name == "tso") return models::make_tso();
  if (name == "ra") return models::make_ra();
  if (name == "rc11") return models::make_rc11();
  throw Error("there is no memory model \"" + name + "\" ; there are: sc, tso, ra, rc11");
}

}  // namespace heddle::graph

namespace heddle::runtime {

std::unique_ptr<Scheduler> make_scheduler(const std::string& name) {
  if (name == "any") return models::make_any();
  if (name == "round-robin") return models::make_round_robin();
  if (name == "fifo") return models::make_fifo();
  if (name == "fixed-priority") return models::make_fixed_priority();
  constexpr std::string_view slice = "time-slice=";
  unsigned operations = 0;
  const char* const end = name.data() + name.size();
  if (name.starts_with(slice) && std::from_chars(name.data() + slice.size(), end, operations).ptr == end &&
      operations > 0 && operations <= 1000)
    return models::make_time_slice(operations);
  throw Error("there is no scheduler model \"" + name +
              "\"; there are: any, round-robin, fifo, fixed-priority, time-slice=N with N from 1 to 1000");
}

}  // namespace heddle::runtime
