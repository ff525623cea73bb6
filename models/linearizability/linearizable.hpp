// heddle::linearizable<Spec>: checks that calls on a concurrent object answer what a sequential one would.
//
// A history is recorded beside the calls, without any operation of its own: the search visits no more executions for
// it. That is enough, since what a trace leaves open is judged for all its executions at once
// (checker/analysis/linearizability.hpp).
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "checker/runtime/harness_interface.hpp"

namespace heddle {

namespace runtime {
struct Fault;
}

namespace models {

/// "push", of &Queue::push.
template <auto Operation>
constexpr std::string_view operation_name() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("Operation = ") + 12);
  text = text.substr(0, text.find_first_of(";]"));
  if (const std::size_t colons = text.rfind("::"); colons != std::string_view::npos) text.remove_prefix(colons + 2);
  while (!text.empty() && (text.front() == '&' || text.front() == '(')) text.remove_prefix(1);
  return text.substr(0, text.find_first_of("()< "));
}

template <class T>
std::string in_words(const T& value);

/// A range of other things than itself.
template <class T>
concept ListInWords = requires(const T& value) {
  value.begin() != value.end();
  requires !std::same_as<std::remove_cvref_t<decltype(*value.begin())>, T>;
};

/// "1, 2", of what `visit` shows to its argument one after another.
template <class Visit>
std::string listed_in_words(Visit visit) {
  std::string list;
  visit([&list](const auto& part) { list += (list.empty() ? "" : ", ") + in_words(part); });
  return list;
}

/// A value in words: numbers, truth values, texts, optionals, ranges, pairs and tuples, and whatever has a to_string;
/// otherwise "…".
template <class T>
std::string in_words(const T& value) {
  using std::to_string;
  if constexpr (std::is_same_v<T, bool>) {
    return value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    return std::string("'") + value + "'";
  } else if constexpr (std::is_convertible_v<T, std::string_view>) {
    return '"' + std::string(std::string_view(value)) + '"';
  } else if constexpr (std::is_enum_v<T>) {
    return to_string(static_cast<long long>(value));
  } else if constexpr (requires {
                         { to_string(value) } -> std::convertible_to<std::string>;
                       }) {
    return to_string(value);
  } else if constexpr (requires {
                         value.has_value();
                         *value;
                       }) {
    return value.has_value() ? in_words(*value) : "nothing";
  } else if constexpr (ListInWords<T>) {
    return "[" + listed_in_words([&](auto tell) { std::for_each(value.begin(), value.end(), tell); }) + "]";
  } else if constexpr (requires { std::tuple_size<T>::value; }) {
    const auto parts = [&](auto tell) { std::apply([&](const auto&... part) { (tell(part), ...); }, value); };
    return "(" + listed_in_words(parts) + ")";
  } else {
    return "…";
  }
}

/// One call, in the memory of the thread that made it.
class CallRecord {
 public:
  virtual ~CallRecord() = default;
  /// "push(3)"
  virtual std::string call() const = 0;
  /// " = 3"; empty where it has no answer.
  virtual std::string answer() const = 0;

  CallRecord* before = nullptr;      ///< of the same thread
  core::Position invoked_after = 0;  ///< so many events of its thread
  core::Position returned_after = 0;
  bool returned = false;
  bool ended = false;  ///< it has returned, or thrown
  core::Site site;
};

/// The calls of all threads, and their judgement.
class History {
 public:
  /// What a specification is, its type forgotten. States have numbers; 0 is the first.
  class Specification {
   public:
    virtual ~Specification() = default;
    virtual std::optional<unsigned> after(unsigned state, const CallRecord& call) = 0;
    /// What the call would have answered in `state`: "= 3".
    virtual std::string would_answer(unsigned state, const CallRecord& call) = 0;
    /// The state in words; empty where the specification has none.
    virtual std::string describe(unsigned state) = 0;
  };

  explicit History(const source_location& site);
  History(const History&) = delete;
  History& operator=(const History&) = delete;

 protected:
  ~History();

  /// The next event of the calling thread, if it makes one, belongs to the call.
  [[gnu::noinline]] void invoked(std::unique_ptr<CallRecord> record);
  /// The call has ended; unless `returned`, by an exception.
  static void ended(CallRecord& record, bool returned);
  /// Stops the calling thread where there is a history of this trace that no order of the calls explains.
  void judge(Specification& specification) const;

 private:
  std::optional<runtime::Fault> find_fault(Specification& specification) const;

  std::array<CallRecord*, core::max_threads> newest_{};  ///< of each thread
  source_location site_;
  std::uint32_t mark_ = 0;  ///< runtime::destroyed_mark where its lifetime has ended
};

}  // namespace models

/// Watches calls on a concurrent object, and when it is destroyed, checks that they are linearizable: that there is an
/// order of the calls, in which none comes before one that had returned before it was invoked, and in which each
/// answers what `Spec` answers (Herlihy and Wing, TOPLAS 1990). If not, for some execution of the trace at hand, that
/// is a finding of the kind not-linearizable, with a timeline.
///
/// `Spec` is the object as one thread would use it: a class that can be copied and compared (operator==), with a member
/// function for each operation. Where to_string(spec) is defined, reports show its states. Its functions must
/// not use heddle's classes nor throw.
///
/// Under memory models weaker than sequential consistency there is no order of invocations and returns to go by. A call
/// then precedes another only where it returned in happens-before order before the other was invoked.
///
/// It adds no operation, so no executions; up to 64 calls are watched. A call that throws may have taken effect or not.
/// All calls must happen before its destruction: join their threads, or it is a use after free.
template <class Spec>
class linearizable : private models::History {
  static_assert(std::copy_constructible<Spec> && std::equality_comparable<Spec>,
                "heddle::linearizable<Spec>: a specification is copied and compared; it needs an operator== "
                "(bool operator==(const Spec&) const = default)");

 public:
  /// The object begins as `initial`. Throws heddle::Error outside a check.
  explicit linearizable(Spec initial = Spec(), source_location site = source_location::current())
      : History(site), initial_(std::move(initial)) {}
  /// Judges the calls; not while an exception is on its way, which is what went wrong then.
  ~linearizable() {
    if (std::uncaught_exceptions() > exceptions_) return;
    Judge specification(initial_);
    judge(specification);
  }

  /// Makes the call `real(arguments...)` and returns what it returns. `Operation` does the same to a specification: a
  /// pointer to a member function of Spec, or to a function that takes a Spec& first.
  ///
  ///     queue_check.call<&QueueSpec::push>([&](int value) { queue.push(value); }, 3);
  ///     std::optional<int> value = queue_check.call<&QueueSpec::pop>([&] { return queue.pop(); });
  template <auto Operation, class Real, class... Arguments>
  [[gnu::always_inline]] auto call(Real&& real, const Arguments&... arguments) {
    using Result = std::decay_t<std::invoke_result_t<Real, const Arguments&...>>;
    static_assert(std::is_invocable_v<decltype(Operation), Spec&, const Arguments&...>,
                  "heddle::linearizable: the operation of the specification takes the arguments of the call");
    auto* const record = new Record<Operation, Result, std::decay_t<const Arguments&>...>(arguments...);
    invoked(std::unique_ptr<models::CallRecord>(record));
    try {
      if constexpr (std::is_void_v<Result>)
        std::invoke(std::forward<Real>(real), arguments...);
      else
        record->result.emplace(std::invoke(std::forward<Real>(real), arguments...));
    } catch (...) {
      ended(*record, false);
      throw;
    }
    ended(*record, true);
    if constexpr (!std::is_void_v<Result>) return *record->result;
  }

 private:
  /// A call, as far as a Spec is concerned.
  class Repeatable : public models::CallRecord {
   public:
    /// Does it to `spec`; says whether it answers the same.
    virtual bool repeat(Spec& spec) const = 0;
    virtual std::string answer_of(Spec& spec) const = 0;
  };

  struct Nothing {};

  template <auto Operation, class Result, class... Arguments>
  class Record final : public Repeatable {
   public:
    explicit Record(const Arguments&... values) : arguments(values...) {}

    std::string call() const override {
      std::string text(models::operation_name<Operation>());
      text += '(';
      std::apply([&](const auto&... values) { ((text += models::in_words(values) + ", "), ...); }, arguments);
      if constexpr (sizeof...(Arguments) != 0) text.resize(text.size() - 2);
      return text + ')';
    }
    std::string answer() const override {
      if constexpr (std::is_void_v<Result>)
        return {};
      else
        return result ? " = " + models::in_words(*result) : std::string();
    }
    bool repeat(Spec& spec) const override {
      if constexpr (std::is_void_v<Result>) {
        ask(spec);
        return true;
      } else {
        const auto answered = ask(spec);
        return !this->returned || answered == *result;
      }
    }
    std::string answer_of(Spec& spec) const override {
      if constexpr (std::is_void_v<Result>)
        return {};
      else
        return "= " + models::in_words(ask(spec));
    }

    std::tuple<Arguments...> arguments;
    std::optional<std::conditional_t<std::is_void_v<Result>, Nothing, Result>> result;

   private:
    auto ask(Spec& spec) const {
      return std::apply([&](const auto&... values) { return std::invoke(Operation, spec, values...); }, arguments);
    }
  };

  class Judge final : public History::Specification {
   public:
    explicit Judge(const Spec& initial) : initial_(initial) {}

    std::optional<unsigned> after(unsigned state, const models::CallRecord& call) override {
      Spec spec = at(state);
      if (!static_cast<const Repeatable&>(call).repeat(spec)) return std::nullopt;
      for (unsigned known = 0; known < states_.size(); ++known)
        if (states_[known] == spec) return known;
      states_.push_back(std::move(spec));
      return static_cast<unsigned>(states_.size()) - 1;
    }
    std::string would_answer(unsigned state, const models::CallRecord& call) override {
      Spec spec = at(state);
      return static_cast<const Repeatable&>(call).answer_of(spec);
    }
    std::string describe(unsigned state) override {
      using std::to_string;
      if constexpr (requires(const Spec& spec) {
                      { to_string(spec) } -> std::convertible_to<std::string>;
                    })
        return to_string(at(state));
      else
        return {};
    }

   private:
    const Spec& at(unsigned state) {
      if (states_.empty()) states_.push_back(initial_);
      return states_[state];
    }

    const Spec& initial_;
    std::vector<Spec> states_;
  };

  Spec initial_;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace heddle
