#include "checker/analysis/drawing.hpp"

#include <fmt/format.h>

#include <iterator>

namespace heddle::analysis {

std::string dot_quoted(std::string_view text) {
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

namespace {

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
                        dot_quoted(name))) {}

void Drawing::box(std::string_view name, std::string_view label, Stroke stroke) { vertex("box", name, label, stroke); }

void Drawing::ellipse(std::string_view name, std::string_view label, Stroke stroke) {
  vertex("ellipse", name, label, stroke);
}

void Drawing::vertex(std::string_view shape, std::string_view name, std::string_view label, Stroke stroke) {
  fmt::format_to(std::back_inserter(text_), "  {} [shape={}, label={}{}];\n", dot_quoted(name), shape,
                 dot_quoted(label), attributes(stroke));
}

void Drawing::edge(std::string_view from, std::string_view to, std::string_view label, Stroke stroke) {
  fmt::format_to(std::back_inserter(text_), "  {} -> {} [label={}{}];\n", dot_quoted(from), dot_quoted(to),
                 dot_quoted(label), attributes(stroke));
}

}  // namespace heddle::analysis
