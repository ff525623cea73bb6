#include "oracle/shrink.hpp"

#include <algorithm>

namespace heddle::oracle {

namespace {

/// The program without `thread` and all that it starts.
Program without_thread(const Program& program, unsigned thread) {
  Program result = program;
  for (ProgramThread& other : result.threads) {
    std::erase_if(other.actions,
                  [&](const Action& a) { return (a.act == Act::spawn || a.act == Act::join) && a.other == thread; });
    for (Action& a : other.actions)
      if ((a.act == Act::spawn || a.act == Act::join) && a.other > thread) a.other--;
  }
  result.threads.erase(result.threads.begin() + thread);
  return result;
}

using Programs = std::vector<Program>;

/// Without one action, or two: a lock and its unlock.
void add_shorter(const Program& program, Programs& result) {
  for (std::size_t t = 0; t < program.threads.size(); ++t) {
    const std::size_t count = program.threads[t].actions.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = i; j < count; ++j) {
        Program less = program;
        auto& mine = less.threads[t].actions;
        if (j != i) mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(j));
        mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(i));
        result.push_back(less);
      }
    }
  }
}

/// With one action made simpler.
void add_simpler(const Program& program, Programs& result) {
  for (std::size_t t = 0; t < program.threads.size(); ++t) {
    for (std::size_t i = 0; i < program.threads[t].actions.size(); ++i) {
      const auto change = [&](auto edit) {
        Program less = program;
        Action& action = less.threads[t].actions[i];
        edit(action);
        if (!(action == program.threads[t].actions[i])) result.push_back(less);
      };
      change([](Action& a) { a.only_if = -1; });
      change([](Action& a) { a.value_is_register = false; });
      change([](Action& a) { a.object = 0; });
      change([](Action& a) { a.value = std::min<std::int8_t>(a.value, 1); });
      if (program.threads[t].actions[i].act == Act::lock_several)
        change([](Action& a) {
          if (a.value != 0) a.other = 0;
        });
      change([](Action& a) { a.expected = 0; });
      for (const Ordering order : {Ordering::seq_cst, Ordering::relaxed}) {
        if (program.threads[t].actions[i].order > Ordering::relaxed &&
            program.threads[t].actions[i].order < Ordering::seq_cst)
          change([=](Action& a) { a.order = a.act == Act::fence ? a.order : order; });
        if (program.threads[t].actions[i].failure == Ordering::acquire) change([=](Action& a) { a.failure = order; });
      }
    }
  }
}

Programs smaller(const Program& program) {
  Programs result;
  for (unsigned t = 1; t < program.threads.size(); ++t) result.push_back(without_thread(program, t));
  add_shorter(program, result);
  add_simpler(program, result);
  const auto change = [&](auto edit) {
    Program less = program;
    edit(less);
    if (!(less == program)) result.push_back(less);
  };
  for (std::size_t t = 0; t < program.threads.size(); ++t) change([t](Program& p) { p.threads[t].detached = false; });
  for (std::size_t i = 0; i < program.permits.size(); ++i)
    change([i](Program& p) { p.permits[i] = static_cast<std::int8_t>(p.permits[i] > 0 ? p.permits[i] - 1 : 0); });
  change([](Program& p) { p.timeouts_last = false; });
  change([](Program& p) { p.any_conditions = false; });
  change([](Program& p) { p.spurious_wakeups = 0; });
  change([](Program& p) { p.spurious_failures = 0; });
  return result;
}

}  // namespace

Program shrink(Program program, const std::function<bool(const Program&)>& fails) {
  for (bool shrunk = true; shrunk;) {
    shrunk = false;
    for (Program& less : smaller(program)) {
      if (!fails(less)) continue;
      program = std::move(less);
      shrunk = true;
      break;
    }
  }
  return program;
}

}  // namespace heddle::oracle
