#include "checker/verdict/names.hpp"

#include <algorithm>

namespace heddle::verdict {

namespace {

/// Which element of which array an object is.
struct Element {
  std::size_t array = 0;
  std::size_t index = 0;
};

/// An array's elements follow each other at one distance; where that is broken, the next array begins.
Element element_of(const std::vector<const NamedObject*>& objects, std::size_t which) {
  Element element;
  std::ptrdiff_t stride = 0;
  for (std::size_t i = 1; i <= which; ++i) {
    const std::ptrdiff_t distance =
        static_cast<const char*>(objects[i]->address) - static_cast<const char*>(objects[i - 1]->address);
    const bool known = objects[i]->address != nullptr;
    const bool next = !known || (distance > 0 && (stride == 0 || distance == stride));
    if (next) {
      stride = distance;
      element.index++;
    } else {
      stride = 0;
      element = {element.array + 1, 0};
    }
  }
  return element;
}

}  // namespace

std::string kind_of_object(const std::string& kind) {
  constexpr std::string_view waiters = " wait";
  return kind.ends_with(waiters) ? kind.substr(0, kind.size() - waiters.size()) : kind;
}

std::string Names::name(const std::vector<NamedObject>& objects, std::size_t which) {
  const NamedObject& object = objects[which];
  std::string type = kind_of_object(object.kind);
  std::replace(type.begin(), type.end(), ' ', '_');
  const std::vector<runtime::Declaration> candidates = declarations_.of(object.place, object.column, type);
  std::vector<const NamedObject*> alike;  // made at the same place
  std::size_t before = 0;
  for (const NamedObject& other : objects) {
    if (other.kind != object.kind || other.column != object.column || other.place != object.place) continue;
    if (&other == &object) before = alike.size();
    alike.push_back(&other);
  }
  const runtime::Declaration* declared = &candidates.front();
  std::size_t instance = 0;
  std::size_t instances = 1;
  std::string index;
  if (candidates.size() == 1 && declared->array) {
    const Element element = element_of(alike, before);
    instance = element.array;
    instances = element_of(alike, alike.size() - 1).array + 1;
    index = "[" + std::to_string(element.index) + "]";
  } else {
    const bool arrays = std::any_of(candidates.begin(), candidates.end(), [](const auto& c) { return c.array; });
    if (arrays) return "";  // which of them has how many elements the text does not say
    declared = &candidates[before % candidates.size()];
    instance = before / candidates.size();
    instances = alike.size() / candidates.size();
  }
  if (declared->name.empty()) return "";
  const std::string number = instances > 1 ? "#" + std::to_string(instance + 1) : "";
  if (!declared->owner.empty() && instances > 1) return declared->owner + number + "." + declared->name + index;
  return declared->name + number + index;
}

}  // namespace heddle::verdict
