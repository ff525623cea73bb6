#include "checker/search/coverage.hpp"

#include <cmath>
#include <cstdio>

#include "checker/search/beginning.hpp"
#include "checker/search/random.hpp"

namespace heddle::search {

bool Tally::add(std::uint64_t hash) {
  hash = (hash | 2U) & ~std::uint64_t{1};
  const std::uint64_t mask = places_.size() - 1;
  std::uint64_t at = (hash >> 2U) & mask;
  while (places_[at] != 0) {
    if ((places_[at] & ~std::uint64_t{1}) == hash) {
      if (places_[at] == hash) once_--;
      places_[at] |= 1U;
      return false;
    }
    at = (at + 1) & mask;
  }
  if (full()) return false;
  places_[at] = hash;
  size_++;
  once_++;
  if (size_ * 2 > places_.size()) grow();
  return true;
}

void Tally::grow() {
  std::vector<std::uint64_t> old(places_.size() * 2);
  old.swap(places_);
  const std::uint64_t mask = places_.size() - 1;
  for (const std::uint64_t entry : old) {
    if (entry == 0) continue;
    std::uint64_t at = (entry >> 2U) & mask;
    while (places_[at] != 0) at = (at + 1) & mask;
    places_[at] = entry;
  }
}

std::uint64_t hash_of_trace(const graph::ExecutionGraph& graph) {
  Beginning trace;
  for (Position at = 0; at < graph.size(); ++at)
    trace.add(hash_in(graph, graph[at], graph[at].index, graph[at].co_previous));
  return trace.high;
}

double Coverage::unseen() const {
  return executions_ == 0 ? 1 : static_cast<double>(traces_.once()) / static_cast<double>(executions_);
}

std::string Coverage::text() const {
  const std::string traces = std::to_string(traces_.size()) + (traces_.size() == 1 ? " trace" : " different traces");
  const std::string text = std::to_string(executions_) + (executions_ == 1 ? " execution" : " executions") + " of ";
  if (traces_.full()) return text + "more than " + traces;
  if (traces_.once() == 0) return text + traces + ", each of which came more than once";
  return text + traces + ", and with a probability of about " + percent(unseen()) +
         " the next execution would show another";
}

std::string percent(double share) {
  char buffer[32];
  if (share >= 0.9995 && share < 1) return "more than 99.9 %";
  if (share > 0 && share < 0.0005) return "less than 0.1 %";
  std::snprintf(buffer, sizeof buffer, "%.1f %%", share * 100);
  return buffer;
}

std::string power_of_ten(double logarithm) {
  // Not by pow: what is sampled may well be less likely than the least double.
  const double exponent = std::floor(logarithm);
  char buffer[32];
  if (exponent > -3) {
    std::snprintf(buffer, sizeof buffer, "%.3g", std::pow(10, logarithm));
  } else {
    std::snprintf(buffer, sizeof buffer, "%.1fe%.0f", std::pow(10, logarithm - exponent), exponent);
  }
  return buffer;
}

}  // namespace heddle::search
