// What the scheduler models allow, said once more and without a queue: by stamps.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "oracle/program.hpp"

namespace heddle::oracle {

/// One of round-robin, fifo, fixed-priority, and time-slice=N with N of one digit.
struct SchedulerRules {
  static constexpr int not_ready = 1 << 20;

  std::string model;
  std::array<int, most_threads> stamp{};  ///< who became ready, or had its turn, earlier has the lower one
  std::array<int, most_threads> priority{};
  int running = -1;
  int turn = 0;  ///< operations since it runs
  int step = 0;
  int front = 0;

  explicit SchedulerRules(std::string name) : model(std::move(name)) { stamp.fill(not_ready); }

  bool slices() const { return model.starts_with("time-slice"); }
  /// How many operations a turn has at most; 0: as many as it likes.
  int longest_turn() const { return model == "round-robin" ? 1 : slices() ? model.back() - '0' : 0; }

  std::vector<unsigned> may_run() const {
    const bool by_priority = model == "fixed-priority";
    int highest = -100;
    for (unsigned t = 0; t < most_threads; ++t)
      if (stamp[t] != not_ready) highest = std::max(highest, priority[t]);
    const auto counts = [&](unsigned t) { return stamp[t] != not_ready && (!by_priority || priority[t] == highest); };
    if (running >= 0 && !slices() && counts(static_cast<unsigned>(running))) return {static_cast<unsigned>(running)};
    std::vector<unsigned> result;
    if (running >= 0 && slices()) result.push_back(static_cast<unsigned>(running));
    int lowest = not_ready;
    for (unsigned t = 0; t < most_threads; ++t)
      if (counts(t) && static_cast<int>(t) != running) lowest = std::min(lowest, stamp[t]);
    for (unsigned t = 0; t < most_threads; ++t)
      if (counts(t) && static_cast<int>(t) != running && stamp[t] == lowest) result.push_back(t);
    return result;
  }

  /// `mover` has moved (-1: nobody yet), and now these can.
  void moved(int mover, const std::array<bool, most_threads>& ready) {
    step++;
    if (mover >= 0 && mover != running) {
      if (running >= 0 && slices()) stamp[static_cast<unsigned>(running)] = 2 * step;
      running = mover;
      stamp[static_cast<unsigned>(mover)] = --front;  // where it is preempted it is the first of its priority
      turn = 0;
    }
    turn++;
    const bool over =
        running >= 0 && (!ready[static_cast<unsigned>(running)] || (longest_turn() != 0 && turn >= longest_turn()));
    if (over) {
      stamp[static_cast<unsigned>(running)] = not_ready;
      running = -1;
    }
    for (unsigned t = 0; t < most_threads; ++t) {
      if (!ready[t])
        stamp[t] = not_ready;
      else if (stamp[t] == not_ready)
        stamp[t] = 2 * step + 1;  // at one moment: in any order
    }
  }

  /// What of it matters for what follows.
  std::string key() const {
    std::string text =
        std::to_string(running) + ":" + (longest_turn() != 0 && running >= 0 ? std::to_string(turn) : "");
    for (unsigned t = 0; t < most_threads; ++t) {
      const auto before = std::count_if(stamp.begin(), stamp.end(), [&](int other) { return other < stamp[t]; });
      text += "," + (stamp[t] == not_ready ? "-" : std::to_string(before)) + "/" + std::to_string(priority[t]);
    }
    return text;
  }
};

}  // namespace heddle::oracle
