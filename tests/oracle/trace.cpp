#include "oracle/trace.hpp"

#include <algorithm>

#include "oracle/program.hpp"

namespace heddle::oracle {

std::vector<int> tree_order(const Trace& trace) {
  std::vector<int> place(trace.threads.size(), -1);
  int next = 0;
  const auto visit = [&](const auto& self, std::size_t thread) -> void {
    place[thread] = next++;
    for (const TraceEvent& event : trace.threads[thread])
      if (event.step == Step::spawn) self(self, static_cast<std::size_t>(event.detail));
  };
  visit(visit, 0);
  return place;
}

namespace {

std::string object_name(const TraceEvent& event) {
  static constexpr const char* letters[] = {"",  "x", "waiters of x", "m", "q", "s", "c", "w", "l", "b", "k", "f",
                                            "u", "e"};
  if (event.kind == Kind::none) return "";
  return letters[static_cast<int>(event.kind)] + std::to_string(event.object);
}

const TraceEvent& event_of(const Trace& trace, EventName name) {
  return trace.threads[static_cast<std::size_t>(name.thread)][static_cast<std::size_t>(name.index)];
}

/// Whether the order of two operations on one object makes no difference, where neither fails.
bool commute(const TraceEvent& a, const TraceEvent& b) {
  const auto both = [&](std::initializer_list<Step> steps) {
    const auto in = [&](Step step) { return std::find(steps.begin(), steps.end(), step) != steps.end(); };
    return in(a.step) && in(b.step);
  };
  switch (a.kind) {
    case Kind::shared_mutex:
      return both({Step::lock_shared, Step::try_lock_shared, Step::timed_lock_shared, Step::unlock_shared});
    case Kind::semaphore:
      return both({Step::release});
    case Kind::latch:
      return both({Step::count_down});
    case Kind::barrier:
      return both({Step::arrive, Step::arrive_and_drop}) && !a.is_told && !b.is_told;
    default:
      return false;
  }
}

/// Those before an event that has read `source`, with which it does not commute; before one that sleeps until then,
/// all.
std::vector<EventName> before(const Trace& trace, const TraceEvent& event, bool by_event) {
  std::vector<EventName> names;
  for (EventName w = event.source; w.thread >= 0; w = event_of(trace, w).previous) {
    const TraceEvent& other = event_of(trace, w);
    const bool fits = !by_event || (event.writes && event.value == other.value);
    if (event.step == Step::sleep || !fits || !commute(event, other)) names.push_back(w);
  }
  return names;
}

/// What the event comes after on its object.
template <class Name>
std::string place_of(const Trace& trace, const TraceEvent& event, const Commuting& commuting, Name name) {
  if (!commuting.of(event.kind) || event.step == Step::join) {
    const bool has_source = event.reads || event.source.thread >= 0;
    return (has_source ? "<" + name(event.source) : "") + (event.writes ? "^" + name(event.previous) : "");
  }
  std::vector<std::string> names;
  for (const EventName w : before(trace, event, commuting.by_event)) names.push_back(" " + name(w));
  std::sort(names.begin(), names.end());
  std::string text = "<{";
  for (const std::string& one : names) text += one;
  return text + " }";
}

bool is_arrival(const TraceEvent& event) { return event.step == Step::arrive || event.step == Step::arrive_and_drop; }

/// By Step.
constexpr const char* step_names[] = {"load",
                                      "store",
                                      "fetch_add",
                                      "exchange",
                                      "cas",
                                      "lock",
                                      "try_lock",
                                      "timed_lock",
                                      "unlock",
                                      "lock_shared",
                                      "try_lock_shared",
                                      "timed_lock_shared",
                                      "unlock_shared",
                                      "acquire",
                                      "try_acquire",
                                      "timed_acquire",
                                      "release",
                                      "count_down",
                                      "try_wait",
                                      "arrive",
                                      "arrive_and_drop",
                                      "take_completion",
                                      "complete",
                                      "call_once",
                                      "called",
                                      "thrown",
                                      "enter",
                                      "sleep",
                                      "timed_sleep",
                                      "leave",
                                      "notify_one",
                                      "notify_all",
                                      "choose",
                                      "block",
                                      "spawn",
                                      "join",
                                      "end",
                                      "fence",
                                      "nap",
                                      "set_result",
                                      "claim_result",
                                      "publish_result",
                                      "timed_wait_result",
                                      "look_result",
                                      "request_stop",
                                      "callback_returned",
                                      "make_callback",
                                      "drop_callback",
                                      "settle_stop",
                                      "stop_requested"};

}  // namespace

Commuting Commuting::all() {
  Commuting result;
  for (const Kind kind : {Kind::shared_mutex, Kind::semaphore, Kind::latch, Kind::barrier})
    result.by_kind[static_cast<std::size_t>(kind)] = true;
  return result;
}

Commuting Commuting::events() {
  Commuting result = all();
  result.by_event = true;
  return result;
}

void Commuting::restrict_to(const Trace& trace) {
  if (by_event) return;
  for (const auto& thread : trace.threads) {
    std::array<int, most_objects> phase{};
    for (const TraceEvent& event : thread) {
      bool& commute = by_kind[static_cast<std::size_t>(event.kind)];
      if (event.reads && !event.writes) commute = false;
      if (event.kind != Kind::barrier || event.step == Step::complete) continue;
      if (is_arrival(event) && event.value != phase[event.object]) commute = false;
      phase[event.object] = event.value;
    }
  }
}

std::string to_text(const Trace& trace, const Commuting& commuting) {
  const std::vector<int> place = tree_order(trace);
  std::vector<std::string> lines(trace.threads.size());
  const auto name = [&](EventName event) {
    if (event.thread < 0) return std::string("init");
    return std::to_string(place[static_cast<std::size_t>(event.thread)]) + "." + std::to_string(event.index);
  };
  for (std::size_t t = 0; t < trace.threads.size(); ++t) {
    if (place[t] < 0) continue;
    std::string& line = lines[static_cast<std::size_t>(place[t])];
    line = "T" + std::to_string(place[t]) + ":";
    for (const TraceEvent& event : trace.threads[t]) {
      line += std::string(" ") + step_names[static_cast<int>(event.step)];
      if (event.kind != Kind::none) line += "(" + object_name(event) + ")";
      line += place_of(trace, event, commuting, name);
      const bool has_phase = event.kind == Kind::barrier && commuting.by_event;
      if (event.reads && (event.kind == Kind::atomic || has_phase)) line += "=" + std::to_string(event.value);
      if (event.step == Step::choose || event.step == Step::request_stop || event.step == Step::callback_returned)
        line += ":" + std::to_string(event.detail);
      else if (event.detail >= 0)
        line += ":T" + std::to_string(place[static_cast<std::size_t>(event.detail)]);
      if (event.epoch != 0) line += " @" + std::to_string(event.epoch);
      line += ";";
    }
    line += "\n";
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

namespace {

bool acquires(const TraceEvent& event) {
  switch (event.step) {
    case Step::load:
    case Step::fetch_add:
    case Step::exchange:
    case Step::compare_exchange:
    case Step::lock:
    case Step::lock_shared:
    case Step::acquire:
    case Step::arrive:
    case Step::arrive_and_drop:
    case Step::complete:
    case Step::call_once:
    case Step::called:
    case Step::thrown:
    case Step::callback_returned:
      return true;
    case Step::try_lock:
    case Step::timed_lock:
    case Step::try_lock_shared:
    case Step::timed_lock_shared:
    case Step::try_acquire:
    case Step::timed_acquire:
      return event.writes;  // one that fails synchronizes with nothing
    case Step::try_wait:
    case Step::timed_wait_result:
    case Step::look_result:
    case Step::make_callback:
    case Step::settle_stop:
    case Step::stop_requested:
      return event.value == 1;
    case Step::request_stop:  // [thread.stoptoken.intro] 5: with registrations; one that fails with nothing
      return event.writes;
    case Step::drop_callback:  // [stopcallback.cons] 6: with the return of the call
      return !event.writes;
    case Step::sleep:
      return event.kind == Kind::latch || event.kind == Kind::barrier || event.kind == Kind::result;
    default:
      return false;
  }
}

bool releases(const TraceEvent& event) {
  switch (event.step) {
    case Step::store:
    case Step::fetch_add:
    case Step::exchange:
    case Step::compare_exchange:
    case Step::unlock:
    case Step::unlock_shared:
    case Step::release:
    case Step::count_down:
    case Step::arrive:
    case Step::arrive_and_drop:
    case Step::complete:
    case Step::called:
    case Step::thrown:
    case Step::set_result:
    case Step::publish_result:
    case Step::request_stop:
    case Step::callback_returned:
    case Step::make_callback:
    case Step::settle_stop:
      return event.writes;
    default:
      return false;
  }
}

}  // namespace

bool has_race(const Trace& trace) {
  std::vector<EventName> names;
  std::vector<std::vector<int>> number(trace.threads.size());
  for (std::size_t t = 0; t < trace.threads.size(); ++t) {
    for (std::size_t i = 0; i < trace.threads[t].size(); ++i) {
      number[t].push_back(static_cast<int>(names.size()));
      names.push_back({static_cast<std::int8_t>(t), static_cast<std::int8_t>(i)});
    }
  }
  const auto at = [&](EventName name) -> const TraceEvent& {
    return trace.threads[static_cast<std::size_t>(name.thread)][static_cast<std::size_t>(name.index)];
  };
  const auto id = [&](EventName name) {
    return static_cast<std::size_t>(
        number[static_cast<std::size_t>(name.thread)][static_cast<std::size_t>(name.index)]);
  };
  const std::size_t count = names.size();
  std::vector<std::vector<bool>> before(count, std::vector<bool>(count));
  for (std::size_t e = 0; e < count; ++e) {
    before[e][e] = true;
    const TraceEvent& event = at(names[e]);
    if (names[e].index > 0) before[e - 1][e] = true;
    if (event.step == Step::spawn && !trace.threads[static_cast<std::size_t>(event.detail)].empty())
      before[e][id({event.detail, 0})] = true;
    if (event.step == Step::join) before[id(event.source)][e] = true;
    if (!acquires(event)) continue;
    // What it reads, and back along the release sequence that this continues.
    for (EventName w = event.source; w.thread >= 0; w = at(w).source) {
      if (releases(at(w))) before[id(w)][e] = true;
      if (!at(w).reads) break;
    }
  }
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j)
        if (before[i][k] && before[k][j]) before[i][j] = true;

  // An access stands after its thread's first `after` events and before the next: it comes before another thread's
  // access if that next event does so before the last event in front of the other access.
  std::vector<int> spawner(trace.threads.size(), -1);
  for (std::size_t e = 0; e < count; ++e)
    if (at(names[e]).step == Step::spawn) spawner[static_cast<std::size_t>(at(names[e]).detail)] = static_cast<int>(e);
  const auto ordered = [&](std::size_t t, const PlainAccess& a, std::size_t u, const PlainAccess& b) {
    if (a.after >= trace.threads[t].size()) return false;
    const int last = b.after > 0 ? number[u][b.after - 1u] : spawner[u];
    return last >= 0 && before[static_cast<std::size_t>(number[t][a.after])][static_cast<std::size_t>(last)];
  };
  for (std::size_t t = 0; t < trace.threads.size(); ++t)
    for (std::size_t u = t + 1; u < trace.threads.size(); ++u)
      for (const PlainAccess& a : trace.plain_accesses[t])
        for (const PlainAccess& b : trace.plain_accesses[u])
          if (a.variable == b.variable && (a.write || b.write) && !ordered(t, a, u, b) && !ordered(u, b, t, a))
            return true;
  return false;
}

}  // namespace heddle::oracle
