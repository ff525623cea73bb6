// The end of an object's lifetime must be seen however far the compiler looks: what a destructor leaves in an object
// that is no more is a dead store to an optimiser, and what is read there is anything. Built with and without
// link-time optimisation; ends with the number of cases that went wrong.
#include <cstdio>
#include <functional>
#include <memory>
#include <new>
#include <optional>

#include "heddle/heddle.hpp"

namespace {

/// Where the compiler has no reason to think that it knows the object.
template <class T>
T* behind_the_compiler(T* object) {
  asm volatile("" : "+r"(object) : : "memory");
  return object;
}

template <class T>
void use(T& object) {
  if constexpr (requires { object.lock(); })
    object.lock();
  else if constexpr (requires {
                       object.notify_one();
                       object.wait(0);
                     })
    object.store(1);
  else if constexpr (requires { object.count_down(); })
    object.count_down();
  else
    object.write() = 1;
}

/// The ways in which an object ends and is used all the same.
template <class T, class... Arguments>
int wrong_cases(const char* name, Arguments... arguments) {
  const std::function<void()> ways[] = {
      [=] {  // in one function, with nothing hidden
        alignas(T) unsigned char place[sizeof(T)];
        T* const object = new (place) T(arguments...);
        object->~T();
        use(*object);
      },
      [=] {
        std::optional<T> object;
        object.emplace(arguments...);
        T* const known = &*object;
        object.reset();
        use(*known);
      },
      [=] {
        std::optional<T> object;
        object.emplace(arguments...);
        T* const known = behind_the_compiler(&*object);
        object.reset();
        use(*known);
      },
      [=] {
        auto object = std::make_unique<T>(arguments...);
        T* const known = behind_the_compiler(object.get());
        object.reset();
        use(*known);
      },
      [=] {  // twice
        alignas(T) unsigned char place[sizeof(T)];
        T* const object = new (place) T(arguments...);
        object->~T();
        object->~T();
      },
  };
  int wrong = 0;
  for (const auto& way : ways) {
    const heddle::Result result = heddle::check({}, way);
    if (!result.findings.empty() && result.findings.front().kind == heddle::FindingKind::use_after_free) continue;
    std::printf("%s, way %td: %s %s\n", name, &way - ways, std::string(to_string(result.verdict)).c_str(),
                result.findings.empty() ? result.reason.c_str() : result.findings.front().message.c_str());
    ++wrong;
  }
  return wrong;
}

}  // namespace

int main() {
  return wrong_cases<heddle::mutex>("mutex") + wrong_cases<heddle::atomic<int>>("atomic", 0) +
         wrong_cases<heddle::latch>("latch", 1) + wrong_cases<heddle::var<int>>("var", 0);
}
