// heddle::var<T>: spelled as T would be, and which spelling reads, which writes.
#include <catch2/catch.hpp>
#include <functional>
#include <heddle/heddle.hpp>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Node {
  int value = 0;
  Node* next = nullptr;
};

void holds(const std::function<void()>& harness) {
  const heddle::Result result = heddle::check({}, harness);
  INFO(result.reason << (result.findings.empty() ? "" : result.findings[0].message));
  CHECK(result.verdict == heddle::Verdict::verified);
}

/// Whether `access` races with a read of the same var by another thread: then it writes.
template <class T>
bool writes(T initial, const std::function<void(heddle::var<T>&)>& access) {
  const auto harness = [&] {
    heddle::var<T> data{T(initial)};
    heddle::thread reader([&] { static_cast<void>(data.read()); });
    access(data);
    reader.join();
  };
  return heddle::check({}, harness).verdict == heddle::Verdict::violated;
}

}  // namespace

TEST_CASE("numbers in a var are compared, computed with and printed as numbers", "[models]") {
  holds([] {
    heddle::var<int> n{3};
    heddle::var<int> k = n;
    HEDDLE_ASSERT(n == 3 && 3 == n && n == k && n != 4 && n < 4 && 2 < n && n <= 3 && n >= 3 && n > 2);
    k = n + 1;
    HEDDLE_ASSERT(k - n == 1);
    HEDDLE_ASSERT((n << 1) == 6);
    HEDDLE_ASSERT(-n == -3);
    std::swap(k, n);
    HEDDLE_ASSERT(n == 4);
    std::ostringstream out;
    out << n << ' ' << heddle::var<bool>{true};
    HEDDLE_ASSERT(out.str() == "4 1");
    std::vector<heddle::var<int>> many(3);
    many[1] = 2;
    HEDDLE_ASSERT(many[1] == 2);
  });
}

TEST_CASE("a var is moved without exceptions where its value is, so that a vector that grows moves it", "[models]") {
  struct Throws {
    Throws() = default;
    Throws(Throws&&) noexcept(false) {}
    Throws& operator=(Throws&&) noexcept(false) { return *this; }
  };
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<heddle::var<std::vector<int>>>);
  STATIC_REQUIRE(std::is_nothrow_move_assignable_v<heddle::var<std::vector<int>>>);
  STATIC_REQUIRE_FALSE(std::is_nothrow_move_constructible_v<heddle::var<Throws>>);
  STATIC_REQUIRE_FALSE(std::is_nothrow_move_assignable_v<heddle::var<Throws>>);
  holds([] {
    std::vector<heddle::var<std::vector<int>>> rows;
    rows.emplace_back(std::vector<int>(3));
    const int* const first = rows[0].read().data();
    rows.resize(rows.capacity() + 1);
    HEDDLE_ASSERT(rows[0].read().data() == first);
  });
}

TEST_CASE("pointers in a var are followed, compared with null and used as conditions", "[models]") {
  holds([] {
    Node node{7};
    heddle::var<Node*> raw{nullptr};
    heddle::var<std::unique_ptr<Node>> owner;
    HEDDLE_ASSERT(raw == nullptr);
    HEDDLE_ASSERT(!raw);
    HEDDLE_ASSERT(owner == nullptr);
    HEDDLE_ASSERT(!owner);
    raw = &node;
    raw->value = 8;
    HEDDLE_ASSERT((*raw).value == 8);
    owner = std::make_unique<Node>();
    owner->value = 3;
    HEDDLE_ASSERT(owner && owner->value == 3);
    heddle::var<std::unique_ptr<Node>> next(std::move(owner));
    HEDDLE_ASSERT(next && !owner);
    owner = std::move(next);
    HEDDLE_ASSERT(owner->value == 3);
  });
}

TEST_CASE("containers and structures in a var are read by arrow and index, and changed by write", "[models]") {
  holds([] {
    heddle::var<std::vector<int>> list;
    heddle::var<Node> node;
    heddle::var<std::optional<int>> perhaps;
    heddle::var<std::string> text{std::string("a")};
    list.write().push_back(4);
    list.write()[0] = 5;
    HEDDLE_ASSERT(list[0] == 5 && list->size() == 1);
    node.write().value = 9;
    HEDDLE_ASSERT(node->value == 9);
    HEDDLE_ASSERT(!perhaps);
    perhaps = 3;
    HEDDLE_ASSERT(perhaps && *perhaps == 3);
    text += "b";
    HEDDLE_ASSERT(text == "ab" && "ab" == text && text == std::string("ab"));
  });
}

TEST_CASE("what reads does not race with a read, and what writes does", "[models]") {
  using List = std::vector<int>;
  CHECK_FALSE(writes<List>({1}, [](auto& v) { static_cast<void>(v->size()); }));
  CHECK_FALSE(writes<List>({1}, [](auto& v) { static_cast<void>(v[0]); }));
  CHECK_FALSE(writes<List>({1}, [](auto& v) { static_cast<void>(v == List{1}); }));
  CHECK(writes<List>({1}, [](auto& v) { v.write().clear(); }));
  CHECK(writes<List>({1}, [](auto& v) { v = List{}; }));
  CHECK(writes<List>({1}, [](auto& v) { const heddle::var<List> taken(std::move(v)); }));
  CHECK_FALSE(writes<int>(1, [](auto& v) { static_cast<void>(v + 1); }));
  CHECK_FALSE(writes<int>(1, [](auto& v) { const heddle::var<int> copy(v); }));
  CHECK(writes<int>(1, [](auto& v) { ++v; }));
  CHECK(writes<int>(1, [](auto& v) { v *= 2; }));
  static Node node;
  CHECK_FALSE(writes<Node*>(&node, [](auto& v) { v->value = 1; }));  // the pointee is another object
  CHECK(writes<Node*>(&node, [](auto& v) { v = nullptr; }));
}
