// linearizable_register.cpp with one copy for all. Verified.
#include <heddle/heddle.hpp>
#include <heddle/linearizable.hpp>

namespace {

class Register {
 public:
  void write(int value) { value_.store(value); }
  int read() { return value_.load(); }
  int read_latest() { return value_.load(); }

 private:
  heddle::atomic<int> value_{0};
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
