#include "checker/analysis/drawing.hpp"

#include <fmt/format.h>

#include <iterator>

namespace heddle::analysis {
namespace {

// A quoted string of the DOT language. A line break in it is a line break of the label; other control bytes become
// spaces.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char each : text) {
    if (each == '"' || each == '\\') {
      result += '\\';
      result += each;
    } else if (each == '\n') {
      result += "\\n";
    } else {
      result += static_cast<unsigned char>(each) < ' ' ? ' ' : each;
    }
  }
  return result + '"';
}

std::string_view attributes(Stroke stroke) {
  switch (stroke) {
    case Stroke::plain:
      return "";
    case Stroke::fault:
      return ", color=red, fontcolor=red, penwidth=2";
    case Stroke::faint:
      return ", color=gray50, fontcolor=gray50, style=dashed";
  }
  return "";
}

}  // namespace

Drawing::Drawing(std::string_view name)
    : text_(fmt::format("digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
                        "  edge [fontname=\"sans-serif\", fontsize=10];\n",
                        quoted(name))) {}

void Drawing::box(std::string_view name, std::string_view label, Stroke stroke) { vertex("box", name, label, stroke); }

void Drawing::ellipse(std::string_view name, std::string_view label, Stroke stroke) {
  vertex("ellipse", name, label, stroke);
}

void Drawing::vertex(std::string_view shape, std::string_view name, std::string_view label, Stroke stroke) {
  fmt::format_to(std::back_inserter(text_), "  {} [shape={}, label={}{}];\n", quoted(name), shape, quoted(label),
                 attributes(stroke));
}

void Drawing::edge(std::string_view from, std::string_view to, std::string_view label, Stroke stroke) {
  fmt::format_to(std::back_inserter(text_), "  {} -> {} [label={}{}];\n", quoted(from), quoted(to), quoted(label),
                 attributes(stroke));
}

}  // namespace heddle::analysis
