// One list of the fields of each struct (`fields`) serves both directions: a field cannot be written and not be read.
//
// Numbers are little-endian base-128 (7 bits a byte, the last byte without its top bit), signed ones zigzag; texts and
// lists are a count and what they hold. At the front stands a mark with a version.
#include "checker/report/wire.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

#include "checker/core/error.hpp"

namespace heddle::report {

namespace {

constexpr std::string_view mark = "heddle result 1\n";

template <class Archive, class Value>
void fields(Archive& archive, Value& value) {
  using Plain = std::remove_const_t<Value>;
  if constexpr (std::is_same_v<Plain, SourceLine>) {
    archive(value.file, value.line, value.function);
  } else if constexpr (std::is_same_v<Plain, Step>) {
    archive(value.thread, value.operation, value.outcome, value.site, value.fault);
  } else if constexpr (std::is_same_v<Plain, ScheduleStep>) {
    archive(value.thread, value.operation, value.choice, value.reads_from, value.site);
  } else if constexpr (std::is_same_v<Plain, Schedule>) {
    archive(value.test, value.harness, value.build, value.options, value.fault, value.message, value.steps,
            value.cycle);
  } else if constexpr (std::is_same_v<Plain, Finding>) {
    archive(value.kind, value.message, value.explanation, value.threads, value.locations, value.thread_names,
            value.steps, value.cycle, value.schedule, value.schedule_path, value.dot, value.graph);
  } else {
    static_assert(std::is_same_v<Plain, Result>);
    archive(value.name, value.verdict, value.search, value.model, value.executions, value.blocked, value.states,
            value.events, value.seconds, value.reason, value.findings, value.warnings);
  }
}

class Writer {
 public:
  explicit Writer(std::string& bytes) : bytes_(bytes) {}

  template <class... Values>
  void operator()(const Values&... values) {
    (write(values), ...);
  }

 private:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) bytes_ += static_cast<char>((value & 0x7FU) | 0x80U);
    bytes_ += static_cast<char>(value);
  }

  void write(const std::string& text) {
    number(text.size());
    bytes_ += text;
  }
  template <class Item>
  void write(const std::vector<Item>& list) {
    number(list.size());
    for (const Item& item : list) write(item);
  }
  void write(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  template <class Value>
  void write(const Value& value) {
    if constexpr (std::is_enum_v<Value> || std::is_unsigned_v<Value>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_integral_v<Value>) {
      number((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
    } else {
      fields(*this, value);
    }
  }

  std::string& bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <class... Values>
  void operator()(Values&... values) {
    (read(values), ...);
  }

  bool at_end() const { return rest_.empty(); }

  [[noreturn]] static void refuse(const char* what) {
    throw Error(std::string("the result of the harness cannot be read: ") + what +
                "; it has died while it wrote it, or has overwritten memory of the checker");
  }

 private:
  std::uint64_t number(std::uint64_t greatest) {
    std::uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (rest_.empty()) refuse("it ends early");
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) refuse("a number is too large");
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) break;
    }
    if (value > greatest) refuse("a number is too large");
    return value;
  }

  /// A count of things of at least one byte each: never more than there are bytes.
  std::size_t count() { return number(rest_.size()); }

  void read(std::string& text) {
    const std::size_t size = count();
    if (size > rest_.size()) refuse("it ends early");
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <class Item>
  void read(std::vector<Item>& list) {
    // Grows as it is read: what a hostile count announces is not allocated in advance.
    for (std::size_t left = count(); left != 0; --left) read(list.emplace_back());
  }
  void read(double& value) { value = std::bit_cast<double>(number(std::numeric_limits<std::uint64_t>::max())); }
  void read(FindingKind& kind) {
    kind = static_cast<FindingKind>(number(static_cast<unsigned>(FindingKind::not_linearizable)));
  }
  void read(Verdict& verdict) { verdict = static_cast<Verdict>(number(static_cast<unsigned>(Verdict::error))); }
  template <class Value>
  void read(Value& value) {
    if constexpr (std::is_unsigned_v<Value>) {
      value = static_cast<Value>(number(std::numeric_limits<Value>::max()));
    } else if constexpr (std::is_integral_v<Value>) {
      const std::uint64_t zigzag = number(std::numeric_limits<std::uint64_t>::max());
      value = static_cast<Value>((zigzag >> 1U) ^ (0 - (zigzag & 1U)));
    } else {
      fields(*this, value);
    }
  }

  std::string_view rest_;
};

}  // namespace

std::string to_wire(const Result& result) {
  std::string bytes(mark);
  Writer writer(bytes);
  writer(result);
  return bytes;
}

Result from_wire(std::string_view bytes) {
  if (!bytes.starts_with(mark)) Reader::refuse("it does not begin as one");
  Reader reader(bytes.substr(mark.size()));
  Result result;
  reader(result);
  if (!reader.at_end()) Reader::refuse("something stands behind its end");
  return result;
}

}  // namespace heddle::report
