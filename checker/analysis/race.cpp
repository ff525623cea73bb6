#include "checker/analysis/race.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "checker/analysis/wording.hpp"
#include "checker/core/contract.hpp"

namespace heddle::analysis {
namespace {

constexpr std::size_t most_operations = 4;  // of each thread: a report is read, not searched

std::string_view verb(const Access& access) { return access.write ? "writes" : "reads"; }

std::vector<std::string> locks_of(const Access& access) {
  std::vector<std::string> locks;
  for (const Guard& guard : access.guards) locks.push_back(guard.lock);
  return locks;
}

std::vector<std::string> common_locks(const UnorderedPair& pair) {
  const std::vector<std::string> others = locks_of(pair.second);
  std::vector<std::string> common;
  for (const std::string& lock : locks_of(pair.first)) {
    if (std::find(others.begin(), others.end(), lock) != others.end()) common.push_back(lock);
  }
  return common;
}

std::string message(const Access& leading, const Access& following) {
  if (leading.write && following.write) {
    return fmt::format("{} and {} both write {} ({}): nothing orders the two accesses", leading.thread_name,
                       following.thread_name, leading.object, both_places(leading.site, following.site));
  }
  return fmt::format("{} writes {} at {} while {} reads it at {}: nothing orders the two accesses", leading.thread_name,
                     leading.object, to_string(leading.site), following.thread_name, to_string(following.site));
}

/// "T1 writes total at f.cpp:8, holding mutex m (since f.cpp:7)."
std::string account(const Access& access) {
  std::vector<std::string> held;
  for (const Guard& guard : access.guards)
    held.push_back(fmt::format("{} (since {})", guard.lock, to_string(guard.since)));
  return fmt::format("{} {} {} at {}, holding {}.", access.thread_name, verb(access), access.object,
                     to_string(access.site), held.empty() ? "no lock" : listed(held));
}

std::string locking(const UnorderedPair& pair) {
  const std::vector<std::string> common = common_locks(pair);
  std::string text = account(pair.first);
  add_sentence(text, account(pair.second));
  if (!common.empty()) {
    add_sentence(text, fmt::format("Both hold {}, but in a way that admits both at once.", listed(common)));
  } else if (!pair.first.guards.empty() && !pair.second.guards.empty()) {
    add_sentence(text, "No lock is common to both, so the locks do not keep them apart.");
  }
  return text;
}

/// "unlock m (f.cpp:9), post s (f.cpp:10)"; the newest or the oldest few.
std::string operations(const std::vector<Synchronisation>& all, bool newest) {
  const std::size_t shown = std::min(all.size(), most_operations);
  const auto begin = newest ? all.end() - static_cast<std::ptrdiff_t>(shown) : all.begin();
  std::vector<std::string> words;
  for (auto each = begin; each != begin + static_cast<std::ptrdiff_t>(shown); ++each) {
    words.push_back(fmt::format("{} ({})", each->operation, to_string(each->site)));
  }
  std::string text = listed(words);
  if (shown < all.size()) text += fmt::format(", and {} {}", all.size() - shown, newest ? "before" : "more");
  return text;
}

std::string synchronising(const UnorderedPair& pair) {
  const std::string& first = pair.first.thread_name;
  const std::string& second = pair.second.thread_name;
  std::string text;
  if (pair.last_order) {
    const Synchronisation& last = *pair.last_order;
    add_sentence(text,
                 fmt::format("The last order from {} to {} is {} by {} at {}: only what {} did before that is "
                             "sure to come before the access of {}.",
                             first, second, last.operation, last.thread_name, to_string(last.site), first, second));
  } else {
    add_sentence(text, fmt::format("Nothing that {} did before its access is sure to come before the access of {}.",
                                   first, second));
  }
  if (pair.after_first.empty()) {
    add_sentence(text,
                 fmt::format("Since its access {} has done nothing that could order another thread after it.", first));
  } else {
    add_sentence(text, fmt::format("Since its access {} did: {}.", first, operations(pair.after_first, false)));
  }
  if (pair.before_second.empty()) {
    add_sentence(text, fmt::format("{} did nothing before its own that could order it after another thread.", second));
  } else {
    add_sentence(text, fmt::format("Before its own {} did: {}.", second, operations(pair.before_second, true)));
  }
  if (!pair.after_first.empty() && !pair.before_second.empty()) {
    add_sentence(text, fmt::format("None of these makes {} wait for {}.", second, first));
  }
  return text;
}

std::string cure(const UnorderedPair& pair) {
  const Access& first = pair.first;
  const Access& second = pair.second;
  std::string text = "What would cure it: ";
  if (!common_locks(pair).empty()) {
    text += fmt::format("Hold {} exclusively where {} is written", common_locks(pair).front(), first.object);
  } else if (first.guards.empty() != second.guards.empty()) {
    const Access& guarded = first.guards.empty() ? second : first;
    const Access& bare = first.guards.empty() ? first : second;
    text += fmt::format("Hold {} at {} too", guarded.guards.front().lock, to_string(bare.site));
  } else if (!first.guards.empty()) {
    text += fmt::format("Use one mutex for {} everywhere", first.object);
  } else {
    text += fmt::format("Guard {} by a mutex at both places", first.object);
  }
  text += ", or make it an atomic";
  if (second.thread == 0) text += fmt::format(", or join {} before {}", first.thread_name, to_string(second.site));
  if (first.thread == 0) text += fmt::format(", or let main access it before it starts {}", second.thread_name);
  return text + '.';
}

}  // namespace

Race explain_race(const UnorderedPair& pair) {
  HEDDLE_EXPECTS(pair.first.thread != pair.second.thread);
  HEDDLE_EXPECTS(pair.first.write || pair.second.write);
  const Access& leading = pair.first.write ? pair.first : pair.second;
  const Access& following = pair.first.write ? pair.second : pair.first;
  Race race;
  race.message = message(leading, following);
  race.explanation = paragraphs({locking(pair), synchronising(pair), cure(pair)});
  race.threads = {std::min(pair.first.thread, pair.second.thread), std::max(pair.first.thread, pair.second.thread)};
  add_once(race.locations, leading.site);
  add_once(race.locations, following.site);
  return race;
}

}  // namespace heddle::analysis
