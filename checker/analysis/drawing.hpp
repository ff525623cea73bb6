// A drawing: a directed graph in the words of Graphviz, with labels escaped.
#pragma once

#include <string>
#include <string_view>

namespace heddle::analysis {

/// A quoted string of the DOT language; a line break in `text` is one of the label, other control bytes are spaces.
std::string dot_quoted(std::string_view text);

/// How a vertex or an edge is drawn.
enum class Stroke { plain, fault, faint };

/// Collects vertices and edges; `text` is the whole drawing. Names may be any bytes.
class Drawing {
 public:
  explicit Drawing(std::string_view name);

  void box(std::string_view name, std::string_view label, Stroke stroke = Stroke::plain);
  void ellipse(std::string_view name, std::string_view label, Stroke stroke = Stroke::plain);
  void edge(std::string_view from, std::string_view to, std::string_view label, Stroke stroke = Stroke::plain);

  std::string text() const { return text_ + "}\n"; }

 private:
  void vertex(std::string_view shape, std::string_view name, std::string_view label, Stroke stroke);

  std::string text_;  // without the closing brace
};

}  // namespace heddle::analysis
