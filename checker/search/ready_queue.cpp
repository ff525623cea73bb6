#include "checker/search/ready_queue.hpp"

#include <algorithm>
#include <cstring>

#include "checker/core/several.hpp"

namespace heddle::search {

using Entry = runtime::ReadyQueue::Entry;

namespace {

/// Takes `thread` out of the queue; who came with it still came together.
void take_out(std::vector<Entry>& entries, ThreadId thread) {
  const auto at = std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.thread == thread; });
  if (at == entries.end()) return;
  const bool led = !at->with_previous;
  const auto next = entries.erase(at);
  if (led && next != entries.end()) next->with_previous = false;
}

}  // namespace

std::vector<ThreadId> Present::ready() const {
  std::vector<ThreadId> threads;
  for (unsigned t = 0; t < execution.thread_count(); ++t)
    if (can_move(static_cast<ThreadId>(t))) threads.push_back(static_cast<ThreadId>(t));
  return threads;
}

void Scheduling::set_priority(ThreadId thread, int priority) {
  if (thread >= own_.size()) own_.resize(thread + 1u);
  own_[thread] = priority;
  while (!own_.empty() && own_.back() == 0) own_.pop_back();
}

/// `thread` is the one that runs now.
void Scheduling::run(ThreadId thread) {
  const bool bounded = model_.longest_turn() != 0;
  if (queue_.running == thread) {
    queue_.turn += bounded ? 1 : 0;
    return;
  }
  if (queue_.running != core::no_thread && model_.preempted_goes_last()) {
    take_out(queue_.entries, queue_.running);
    queue_.entries.push_back({queue_.running, false});
  }
  take_out(queue_.entries, thread);
  queue_.entries.insert(queue_.entries.begin(), {thread, false});
  queue_.running = thread;
  queue_.turn = bounded ? 1 : 0;
}

void Scheduling::moved(ThreadId thread, const std::vector<ThreadId>& ready) {
  if (thread != core::no_thread) run(thread);
  const auto is_ready = [&](ThreadId t) { return std::binary_search(ready.begin(), ready.end(), t); };
  std::vector<ThreadId> gone;
  for (const Entry& entry : queue_.entries)
    if (!is_ready(entry.thread)) gone.push_back(entry.thread);
  for (const ThreadId t : gone) take_out(queue_.entries, t);
  // Whoever comes now comes at one moment: those that can move at last, and who has had its turn.
  bool first = true;
  const auto add = [&](ThreadId t) {
    queue_.entries.push_back({t, !first});
    first = false;
  };
  const bool over = queue_.running != core::no_thread &&
                    (!is_ready(queue_.running) || (model_.longest_turn() != 0 && queue_.turn >= model_.longest_turn()));
  const ThreadId before = queue_.running;
  if (over) {
    take_out(queue_.entries, before);
    queue_.running = core::no_thread;
    queue_.turn = 0;
  }
  const auto waits = [&](ThreadId t) {
    return std::any_of(queue_.entries.begin(), queue_.entries.end(), [&](const Entry& e) { return e.thread == t; });
  };
  std::vector<ThreadId> coming;
  for (const ThreadId t : ready)
    if (!waits(t)) coming.push_back(t);
  for (const ThreadId t : coming) add(t);
}

/// Each thread's priority, or where that is higher, that of one who waits for what it holds and is lent it.
std::vector<int> Scheduling::lent_priorities(const Present& present) const {
  const unsigned threads = present.execution.thread_count();
  std::vector<int> priorities;
  for (unsigned t = 0; t < threads; ++t) priorities.push_back(priority(static_cast<ThreadId>(t)));
  for (unsigned round = 0; round < threads; ++round)  // lent to who waits in its turn, and so on
    for (unsigned t = 0; t < threads; ++t) {
      const runtime::Thread& thread = present.execution.thread(static_cast<ThreadId>(t));
      const core::Operation& operation = thread.pending;
      if (thread.status != runtime::ThreadStatus::pending || operation.primitive == nullptr ||
          present.can_move(static_cast<ThreadId>(t)))
        continue;
      const auto lend = [&](const core::Primitive& primitive, core::LocationId location) {
        if (!primitive.lends_priority()) return;
        for (const ThreadId holder : primitive.holders(present.value(location)))
          priorities[holder] = std::max(priorities[holder], priorities[t]);
      };
      if (operation.several == 0)
        lend(*operation.primitive, operation.location);
      else
        for (const core::LockOfSeveral& lock : core::several_of(operation)) lend(*lock.primitive, lock.location);
    }
  return priorities;
}

std::vector<ThreadId> Scheduling::candidates(const Present& present) const {
  if (queue_.entries.empty()) return {};
  runtime::ReadyQueue queue = queue_;
  queue.priorities = lent_priorities(present);
  return model_.candidates(queue);
}

void Scheduling::save(std::vector<char>& bytes) const {
  bytes.clear();
  const auto put = [&](const auto& value) {
    const char* const from = reinterpret_cast<const char*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof value);
  };
  put(queue_.running);
  put(queue_.turn);
  put(queue_.entries.size());
  for (const Entry& entry : queue_.entries) put(static_cast<std::uint16_t>(entry.thread * 2 + entry.with_previous));
  for (const int priority : own_) put(priority);
}

void Scheduling::load(const std::vector<char>& bytes) {
  std::size_t at = 0;
  const auto take = [&](auto& value) {
    std::memcpy(&value, bytes.data() + at, sizeof value);
    at += sizeof value;
  };
  take(queue_.running);
  take(queue_.turn);
  std::size_t count = 0;
  take(count);
  queue_.entries.resize(count);
  for (Entry& entry : queue_.entries) {
    std::uint16_t word = 0;
    take(word);
    entry = {static_cast<ThreadId>(word / 2), word % 2 != 0};
  }
  own_.resize((bytes.size() - at) / sizeof(int));
  for (int& priority : own_) take(priority);
}

}  // namespace heddle::search
