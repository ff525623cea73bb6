#include "checker/analysis/deadlock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "checker/analysis/drawing.hpp"
#include "checker/analysis/wait_for.hpp"
#include "checker/analysis/wording.hpp"
#include "checker/core/contract.hpp"

namespace heddle::analysis {
namespace {

using Kind = Cause::Kind;

/// Puts a standstill and its causes into words.
class Account {
 public:
  explicit Account(const Standstill& standstill) : standstill_(standstill), causes_(causes_of(standstill)) {}

  std::string message() const;
  std::string explanation() const;
  std::vector<unsigned> threads() const;
  std::vector<SourceLine> locations() const;
  std::string dot() const;
  bool whole() const;

 private:
  std::string name(unsigned thread) const;
  std::string brief(const Waiting& waiting) const;
  const Waiting& waiting(std::size_t index) const { return standstill_.waiting[index]; }
  std::vector<std::string> names_of(const Cause& cause) const;
  bool has_ended(unsigned thread) const;
  bool has_died(unsigned thread) const;
  bool in_a_cause(std::size_t index) const;
  /// The thread that the n-th of the cause waits for: the next of the cycle, or the holder that ended.
  unsigned awaited_in(const Cause& cause, std::size_t n) const;
  const Holder* ended_holder(const Waiting& waiting) const;

  // Messages.
  std::string link(const Waiting& waiting, unsigned target) const;
  std::string cycle_message(const Cause& cause) const;
  std::string ended_message(const Cause& cause) const;
  std::string nobody_message() const;

  // Explanations.
  std::string situation(std::size_t index) const;
  std::string not_released(const Waiting& waiting) const;
  std::string conclusion(const Cause& cause) const;
  std::string useless_notifications(const Cause& cause) const;
  std::string behind() const;
  std::string extent() const;
  std::string cure(const Cause& cause) const;
  std::string cure_of_cycle(const Cause& cause) const;

  // The drawing.
  bool keeps_from(unsigned target, const std::string& object) const;
  void draw_threads(Drawing& drawing) const;
  void draw_wait(Drawing& drawing, std::size_t index, std::set<std::string>& drawn) const;

  const Standstill& standstill_;
  std::vector<Cause> causes_;
};

/// What another thread has to do, said of "it".
std::string_view verb(const Waiting& waiting) {
  if (!waiting.waking.empty()) return waiting.waking;
  switch (waiting.need) {
    case Need::release:
      return "unlock it";
    case Need::notify:
      return "notify it";
    case Need::post:
      return "release it";
    case Need::end_of_thread:
      return "end";
  }
  return "";
}

/// Whether it waits in atomic::wait, which looks at the value itself.
bool of_atomic(const Waiting& waiting) { return waiting.object.starts_with("atomic "); }

std::string_view preposition(const Waiting& waiting) { return waiting.need == Need::notify ? "on" : "for"; }

/// "at f.cpp:10 (lock m)".
std::string place(const SourceLine& site, const std::string& operation) {
  return operation.empty() ? fmt::format("at {}", to_string(site))
                           : fmt::format("at {} ({})", to_string(site), operation);
}

std::string Account::name(unsigned thread) const {
  if (thread < standstill_.thread_names.size() && !standstill_.thread_names[thread].empty()) {
    return standstill_.thread_names[thread];
  }
  return thread == 0 ? "main" : fmt::format("T{}", thread);
}

// Without the place where it was declared, where the name alone says which object it is.
std::string Account::brief(const Waiting& waiting) const {
  std::vector<std::string> objects;
  for (const Waiting& other : standstill_.waiting) objects.push_back(other.object);
  return brief_name(waiting.object, objects);
}

std::vector<std::string> Account::names_of(const Cause& cause) const {
  std::vector<std::string> names;
  for (std::size_t index : cause.waiting) names.push_back(name(waiting(index).thread));
  return names;
}

bool Account::has_ended(unsigned thread) const {
  const auto& ended = standstill_.ended;
  return std::find(ended.begin(), ended.end(), thread) != ended.end();
}

bool Account::has_died(unsigned thread) const {
  return std::find(standstill_.died.begin(), standstill_.died.end(), thread) != standstill_.died.end();
}

bool Account::in_a_cause(std::size_t index) const {
  return std::any_of(causes_.begin(), causes_.end(), [index](const Cause& cause) {
    return std::find(cause.waiting.begin(), cause.waiting.end(), index) != cause.waiting.end();
  });
}

const Holder* Account::ended_holder(const Waiting& waiting) const {
  for (const Holder& holder : waiting.holders) {
    if (has_ended(holder.thread)) return &holder;
  }
  return nullptr;
}

unsigned Account::awaited_in(const Cause& cause, std::size_t n) const {
  HEDDLE_EXPECTS(cause.kind != Kind::nobody);
  if (cause.kind == Kind::cycle) return waiting(cause.waiting[(n + 1) % cause.waiting.size()]).thread;
  return ended_holder(waiting(cause.waiting[n]))->thread;
}

// ---- Messages ------------------------------------------------------------------------------------------------------

std::string Account::link(const Waiting& waiting, unsigned target) const {
  const bool own = waiting.thread == target;
  if (waiting.need == Need::end_of_thread) {
    return own ? "waits for its own end" : fmt::format("waits for the end of {}", name(target));
  }
  const bool held = std::any_of(waiting.holders.begin(), waiting.holders.end(),
                                [target](const Holder& holder) { return holder.thread == target; });
  if (held && own) return fmt::format("waits {} {}, which it holds itself", preposition(waiting), brief(waiting));
  if (held) return fmt::format("waits {} {} held by {}", preposition(waiting), brief(waiting), name(target));
  return fmt::format("waits {} {} for {} to {}", preposition(waiting), brief(waiting), own ? "itself" : name(target),
                     verb(waiting));
}

std::string Account::cycle_message(const Cause& cause) const {
  std::string text = name(waiting(cause.waiting.front()).thread) + ' ';
  for (std::size_t n = 0; n < cause.waiting.size(); ++n) {
    if (n > 0) text += ", which ";
    text += link(waiting(cause.waiting[n]), awaited_in(cause, n));
  }
  return text;
}

std::string Account::ended_message(const Cause& cause) const {
  const Waiting& first = waiting(cause.waiting.front());
  const Holder& holder = *ended_holder(first);
  return fmt::format("{} {} {} {} held since {} by {}, which {} and did not {}", listed(names_of(cause)),
                     cause.waiting.size() == 1 ? "waits" : "wait", preposition(first), brief(first),
                     to_string(holder.since), name(holder.thread), has_died(holder.thread) ? "died" : "ended",
                     verb(first));
}

// One sentence for all the causes of this kind: what they miss is missing for the same reason.
std::string Account::nobody_message() const {
  std::vector<std::string> clauses;
  std::set<std::string_view> verbs;
  const Notification* useless = nullptr;
  for (const Cause& cause : causes_) {
    if (cause.kind != Kind::nobody) continue;
    const Waiting& first = waiting(cause.waiting.front());
    const bool join = first.need == Need::end_of_thread;
    clauses.push_back(fmt::format("{} {} {} {}", listed(names_of(cause)), cause.waiting.size() == 1 ? "waits" : "wait",
                                  preposition(first), join ? "the end of a thread" : brief(first)));
    verbs.insert(verb(first));
    for (std::size_t index : cause.waiting) {
      if (!waiting(index).history.empty() && useless == nullptr) useless = &waiting(index).history.back();
    }
  }
  std::string text = fmt::format("{}, and no thread is left that could {}", listed(clauses),
                                 clauses.size() == 1                                ? *verbs.begin()
                                 : verbs == std::set<std::string_view>{"notify it"} ? "notify them"
                                                                                    : "wake them");
  if (useless == nullptr) return text;
  text += fmt::format("; the notification by {} at {} ", name(useless->thread), to_string(useless->site));
  if (useless->woke.empty()) return text + "came before the wait began and was lost";
  std::vector<std::string> woken;
  for (unsigned thread : useless->woke) woken.push_back(name(thread));
  return text + fmt::format("woke {} instead", listed(woken));
}

std::string Account::message() const {
  if (causes_.empty()) {  // somebody still runs: say at least who waits
    const Waiting& first = standstill_.waiting.front();
    const std::vector<unsigned> targets = awaited(first);
    if (!targets.empty()) return fmt::format("{} {}", name(first.thread), link(first, targets.front()));
    return fmt::format("{} waits {} {}", name(first.thread), preposition(first), brief(first));
  }
  switch (causes_.front().kind) {
    case Kind::cycle:
      return cycle_message(causes_.front());
    case Kind::holder_ended:
      return ended_message(causes_.front());
    case Kind::nobody:
      return nobody_message();
  }
  return "";
}

// ---- Explanations --------------------------------------------------------------------------------------------------

/// "T1 holds mutex a (f.cpp:6) since f.cpp:10 (lock a) and waits at f.cpp:11 (lock b) for mutex b (f.cpp:7), held by
/// T2."
std::string Account::situation(std::size_t index) const {
  const Waiting& own = waiting(index);
  std::set<std::string> seen;
  std::vector<std::string> holds;
  for (const Waiting& other : standstill_.waiting) {
    for (const Holder& holder : other.holders) {
      if (holder.thread != own.thread || !seen.insert(other.object).second) continue;
      const std::string since = holder.operation.empty() ? "" : fmt::format(" ({})", holder.operation);
      holds.push_back(fmt::format("{} since {}{}", other.object, to_string(holder.since), since));
    }
  }
  std::string text = name(own.thread);
  if (!holds.empty()) text += fmt::format(" holds {} and", listed(holds));
  text += fmt::format(" waits {} ", place(own.site, own.operation));
  std::vector<std::string> targets;
  for (unsigned thread : awaited(own)) {
    targets.push_back(thread == own.thread ? "itself"
                      : has_died(thread)   ? name(thread) + ", whose process has died"
                      : has_ended(thread)  ? name(thread) + ", which has ended"
                                           : name(thread));
  }
  if (own.need == Need::end_of_thread) return text + fmt::format("for the end of {}.", listed(targets));
  text += fmt::format("{} {}", preposition(own), own.object);
  if (!own.holders.empty()) return text + fmt::format(", held by {}.", listed(targets));
  if (!targets.empty()) return text + fmt::format(" for {} to {}.", listed(targets), verb(own));
  return text + (own.need == Need::release ? "." : fmt::format(" until another thread will {}.", verb(own)));
}

std::string Account::useless_notifications(const Cause& cause) const {
  constexpr std::size_t most = 3;  // the last few tell the story
  std::vector<const Notification*> all;
  for (std::size_t index : cause.waiting) {
    for (const Notification& each : waiting(index).history) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const Notification* other) {
        return other->thread == each.thread && other->site == each.site && other->woke == each.woke;
      });
      if (!known) all.push_back(&each);
    }
  }
  std::string text;
  for (std::size_t n = all.size() > most ? all.size() - most : 0; n < all.size(); ++n) {
    const Notification& each = *all[n];
    if (each.woke.empty()) {
      add_sentence(text, fmt::format("{} by {} at {} came when nobody waited: {} does not remember notifications, so "
                                     "it was lost.",
                                     each.operation, name(each.thread), to_string(each.site),
                                     of_atomic(waiting(cause.waiting.front())) ? "an atomic" : "a condition variable"));
    } else {
      std::vector<std::string> woken;
      for (unsigned thread : each.woke) woken.push_back(name(thread));
      add_sentence(text, fmt::format("{} by {} at {} woke {}.", each.operation, name(each.thread), to_string(each.site),
                                     listed(woken)));
    }
  }
  return text;
}

/// Where the permits are. That they should come back is not said: a semaphore may also count what was made for others.
std::string Account::not_released(const Waiting& waiting) const {
  std::vector<std::string> keepers;
  for (const Holder& keeper : waiting.keepers)
    keepers.push_back(fmt::format("{} ({} at {})", name(keeper.thread), keeper.operation, to_string(keeper.since)));
  if (keepers.empty()) return {};
  return fmt::format("{} acquired it before and {} not released it.", listed(keepers),
                     keepers.size() == 1 ? "has" : "have");
}

std::string Account::conclusion(const Cause& cause) const {
  const Waiting& first = waiting(cause.waiting.front());
  if (cause.kind == Kind::cycle) {
    if (cause.waiting.size() == 1) return "It waits for itself, so it can never go on.";
    if (cause.waiting.size() == 2) return "Each of the two waits for the other, so neither can ever go on.";
    return "Each of them waits for the next, and the last for the first, so none can ever go on.";
  }
  if (cause.kind == Kind::holder_ended) {
    const unsigned holder = ended_holder(first)->thread;
    return fmt::format("{} has {}, so nobody will {} any more.", name(holder), has_died(holder) ? "died" : "ended",
                       verb(first));
  }
  std::vector<std::string> others;
  for (unsigned thread : standstill_.ended)
    others.push_back(name(thread) + (has_died(thread) ? " has died" : " has ended"));
  for (const Waiting& other : standstill_.waiting) {
    const bool own = std::any_of(cause.waiting.begin(), cause.waiting.end(),
                                 [&](std::size_t index) { return waiting(index).thread == other.thread; });
    if (!own) others.push_back(fmt::format("{} waits itself", name(other.thread)));
  }
  const std::string reason = others.empty() ? "there is no other thread" : listed(others);
  std::string text = useless_notifications(cause);
  if (const std::string kept = not_released(first); !kept.empty()) add_sentence(text, kept);
  add_sentence(text, fmt::format("Nobody is left that could {}: {}.", verb(first), reason));
  return text;
}

std::string Account::behind() const {
  std::string text;
  for (std::size_t index = 0; index < standstill_.waiting.size(); ++index) {
    if (in_a_cause(index)) continue;
    add_sentence(text, (text.empty() && !causes_.empty() ? "Behind that, " : "") + situation(index));
  }
  return text;
}

std::string Account::extent() const {
  std::vector<std::string> ended;
  for (unsigned thread : standstill_.ended) ended.push_back(name(thread));
  if (whole()) return "No thread has ended: the whole program stands still.";
  if (ended.empty()) return "The deadlock is partial: other threads still run.";
  return fmt::format("The deadlock is partial: {} had ended by then.", listed(ended));
}

std::string Account::cure_of_cycle(const Cause& cause) const {
  const auto all = [&](Need need) {
    return std::all_of(cause.waiting.begin(), cause.waiting.end(),
                       [&](std::size_t index) { return waiting(index).need == need; });
  };
  std::vector<std::string> objects;
  std::string joiner;
  for (std::size_t n = 0; n < cause.waiting.size(); ++n) {
    const Waiting& each = waiting(cause.waiting[n]);
    if (each.need == Need::end_of_thread) {
      joiner = fmt::format("{} before it joins {}", name(each.thread), name(awaited_in(cause, n)));
    } else if (std::find(objects.begin(), objects.end(), brief(each)) == objects.end()) {
      objects.push_back(brief(each));
    }
  }
  std::sort(objects.begin(), objects.end());
  if (all(Need::end_of_thread)) return "Let no thread join itself, and no two threads join each other.";
  if (!joiner.empty()) return fmt::format("Let go of {} in {}.", listed(objects), joiner);
  if (cause.waiting.size() == 1 && all(Need::release)) {
    return fmt::format(
        "Do not lock {} again while it is held: split off a function that expects it to be locked, or use "
        "a recursive mutex.",
        objects.front());
  }
  if (cause.waiting.size() == 1) {
    return fmt::format("Let the thread {} before it waits for it again, or start with more permits.",
                       verb(waiting(cause.waiting.front())));
  }
  if (all(Need::release)) {
    return fmt::format(
        "Let every thread take {} in the same order, or all at once with std::scoped_lock, which cannot "
        "deadlock.",
        listed(objects));
  }
  if (objects.size() == 1) {
    return fmt::format(
        "Let each thread give back what it has of {} before it waits for more, or start with more permits.",
        objects.front());
  }
  return fmt::format("Let every thread take {} in the same order, or let go of what it holds before it waits.",
                     listed(objects));
}

std::string Account::cure(const Cause& cause) const {
  const Waiting& first = waiting(cause.waiting.front());
  if (cause.kind == Kind::cycle) return cure_of_cycle(cause);
  if (cause.kind == Kind::holder_ended && has_died(ended_holder(first)->thread)) {
    return fmt::format(
        "Where a process may die that holds {}, use a heddle::robust_mutex: its next holder is told, and "
        "can put the data in order.",
        brief(first));
  }
  if (cause.kind == Kind::holder_ended && first.need == Need::release) {
    return fmt::format("Hold {} by a std::lock_guard or std::unique_lock, which unlocks it on every way out.",
                       brief(first));
  }
  if (cause.kind == Kind::holder_ended) return fmt::format("Let every way out of the thread {}.", verb(first));
  if (first.need == Need::end_of_thread) return "";
  if (first.need != Need::notify) {
    return fmt::format("Let every wait be matched: for each that waits, some thread must {}.", verb(first));
  }
  bool lost = false;
  bool elsewhere = false;
  for (std::size_t index : cause.waiting) {
    for (const Notification& each : waiting(index).history) (each.woke.empty() ? lost : elsewhere) = true;
  }
  if (elsewhere) {  // that one was made in time: what came too early is the lesser trouble
    return "Use notify_all where more than one thread may wait, or let whoever is woken pass the notification on.";
  }
  if (lost && of_atomic(first)) {
    return "Store the new value before the notification: wait(old) looks at the value first, and does not wait where "
           "it "
           "is another one.";
  }
  if (of_atomic(first)) return "Notify after every store of a value that a waiting thread may be waiting for.";
  if (lost) {
    return "Change the condition while holding the mutex, and wait with a predicate, wait(lock, [&] { return ready; "
           "}): "
           "what was notified too early is then seen without waiting.";
  }
  return "Notify after every change that a waiting thread may be waiting for, on every path.";
}

std::string Account::explanation() const {
  std::vector<std::string> parts;
  std::vector<std::string> cures;
  for (const Cause& cause : causes_) {
    std::string text;
    for (std::size_t index : cause.waiting) add_sentence(text, situation(index));
    add_sentence(text, conclusion(cause));
    parts.push_back(text);
    const std::string remedy = cure(cause);
    if (!remedy.empty() && std::find(cures.begin(), cures.end(), remedy) == cures.end()) cures.push_back(remedy);
  }
  parts.push_back(behind());
  parts.push_back(extent());
  std::string remedies;
  for (const std::string& remedy : cures) add_sentence(remedies, remedy);
  if (!remedies.empty()) parts.push_back("What would cure it: " + remedies);
  return paragraphs(parts);
}

std::vector<unsigned> Account::threads() const {
  std::set<unsigned> threads;
  for (const Cause& cause : causes_) {
    for (std::size_t n = 0; n < cause.waiting.size(); ++n) {
      threads.insert(waiting(cause.waiting[n]).thread);
      if (cause.kind == Kind::holder_ended) threads.insert(awaited_in(cause, n));
    }
  }
  if (causes_.empty()) threads.insert(standstill_.waiting.front().thread);
  return {threads.begin(), threads.end()};
}

std::vector<SourceLine> Account::locations() const {
  std::vector<SourceLine> places;
  for (const Cause& cause : causes_) {
    for (std::size_t index : cause.waiting) add_once(places, waiting(index).site);
  }
  for (const Cause& cause : causes_) {
    for (std::size_t n = 0; n < cause.waiting.size(); ++n) {
      const Waiting& each = waiting(cause.waiting[n]);
      for (const Holder& holder : each.holders) {
        if (cause.kind != Kind::nobody && holder.thread == awaited_in(cause, n)) add_once(places, holder.since);
      }
      if (cause.kind == Kind::nobody && !each.history.empty()) add_once(places, each.history.back().site);
    }
  }
  if (causes_.empty()) add_once(places, standstill_.waiting.front().site);
  return places;
}

bool Account::whole() const {
  return standstill_.ended.empty() && standstill_.waiting.size() >= standstill_.thread_names.size();
}

// ---- The drawing ---------------------------------------------------------------------------------------------------

std::string vertex(unsigned thread) { return fmt::format("thread {}", thread); }

void Account::draw_threads(Drawing& drawing) const {
  std::set<unsigned> threads(standstill_.ended.begin(), standstill_.ended.end());
  for (const Waiting& each : standstill_.waiting) {
    threads.insert(each.thread);
    for (unsigned target : awaited(each)) threads.insert(target);
    for (const Notification& notification : each.history) threads.insert(notification.thread);
  }
  const std::vector<unsigned> at_fault = this->threads();
  for (unsigned thread : threads) {
    const bool fault = std::binary_search(at_fault.begin(), at_fault.end(), thread);
    const bool ended = has_ended(thread);
    drawing.box(vertex(thread), name(thread) + (ended ? " (ended)" : ""),
                fault ? Stroke::fault : (ended ? Stroke::faint : Stroke::plain));
  }
}

/// True where `target` is who keeps `object` from a thread at fault.
bool Account::keeps_from(unsigned target, const std::string& object) const {
  for (const Cause& cause : causes_) {
    if (cause.kind == Kind::nobody) continue;
    for (std::size_t n = 0; n < cause.waiting.size(); ++n) {
      const Waiting& each = waiting(cause.waiting[n]);
      if (each.need != Need::end_of_thread && each.object == object && awaited_in(cause, n) == target) return true;
    }
  }
  return false;
}

void Account::draw_wait(Drawing& drawing, std::size_t index, std::set<std::string>& drawn) const {
  const Waiting& each = waiting(index);
  const std::string label = fmt::format("waits: {}\n{}", each.operation, to_string(each.site));
  const Stroke own_stroke = in_a_cause(index) ? Stroke::fault : Stroke::plain;
  if (each.need == Need::end_of_thread) {
    for (unsigned target : awaited(each)) drawing.edge(vertex(each.thread), vertex(target), label, own_stroke);
    return;
  }
  if (drawn.insert(each.object).second) {
    bool object_at_fault = false;
    for (std::size_t other = 0; other < standstill_.waiting.size(); ++other) {
      if (waiting(other).object == each.object && in_a_cause(other)) object_at_fault = true;
    }
    drawing.ellipse("object " + each.object, each.object, object_at_fault ? Stroke::fault : Stroke::plain);
  }
  drawing.edge(vertex(each.thread), "object " + each.object, label, own_stroke);
  const auto from_object = [&](unsigned target, const std::string& text) {
    if (!drawn.insert(fmt::format("{}\n{}\n{}", each.object, target, text)).second) return;
    drawing.edge("object " + each.object, vertex(target), text,
                 keeps_from(target, each.object) ? Stroke::fault : Stroke::plain);
  };
  for (const Holder& holder : each.holders) {
    from_object(holder.thread, fmt::format("held since\n{}", to_string(holder.since)));
  }
  for (unsigned target : each.could_wake) from_object(target, fmt::format("could {}", verb(each)));
  for (const Notification& past : each.history) {
    const std::string text =
        fmt::format("{}\n{}, {}", past.operation, to_string(past.site), past.woke.empty() ? "lost" : "woke another");
    if (!drawn.insert(fmt::format("{}\n{}\n{}", past.thread, each.object, text)).second) continue;
    drawing.edge(vertex(past.thread), "object " + each.object, text, Stroke::faint);
  }
}

std::string Account::dot() const {
  Drawing drawing("deadlock");
  draw_threads(drawing);
  std::set<std::string> drawn;
  for (std::size_t index = 0; index < standstill_.waiting.size(); ++index) draw_wait(drawing, index, drawn);
  return drawing.text();
}

}  // namespace

Deadlock explain_deadlock(const Standstill& standstill) {
  HEDDLE_EXPECTS(!standstill.waiting.empty());
  const Account account(standstill);
  Deadlock deadlock;
  deadlock.message = account.message();
  deadlock.explanation = account.explanation();
  deadlock.threads = account.threads();
  deadlock.locations = account.locations();
  deadlock.dot = account.dot();
  deadlock.whole = account.whole();
  return deadlock;
}

}  // namespace heddle::analysis
