// A register with a fast copy for readers. The writer changes the main copy, then the fast one; a thread that has seen
// the new value in the main copy tells another thread, which looks at the fast copy and finds the old value. No thread
// ever sees a wrong value: it is the order in time that is wrong, which is looked for with --model=sc. Cured in
// linearizable_register_fixed.cpp.
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>

namespace {

class Register {
 public:
  void write(int value) {
    main_.store(value);
    fast_.store(value);
  }
  int read() { return fast_.load(); }
  int read_latest() { return main_.load(); }

 private:
  heddle::atomic<int> main_{0}, fast_{0};
};

struct RegisterSpec {
  int value = 0;

  void write(int to) { value = to; }
  int read() { return value; }
  bool operator==(const RegisterSpec&) const = default;
};

std::string to_string(const RegisterSpec& spec) { return "the value " + std::to_string(spec.value); }

}  // namespace

HEDDLE_TEST("the register is linearizable") {
  Register object;
  heddle::linearizable<RegisterSpec> watched;
  heddle::thread writer([&] { watched.call<&RegisterSpec::write>([&](int value) { object.write(value); }, 1); });
  heddle::thread reader([&] { watched.call<&RegisterSpec::read>([&] { return object.read_latest(); }); });
  watched.call<&RegisterSpec::read>([&] { return object.read(); });
  reader.join();
  writer.join();
}
