#include "checker/analysis/timeline.hpp"

#include <algorithm>

namespace heddle::analysis {

namespace {

/// What stands in one column: a character of UTF-8.
using Cells = std::vector<std::string>;

Cells cells_of(const std::string& text) {
  Cells cells;
  for (const char byte : text) {
    const bool continues = (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
    if (continues && !cells.empty())
      cells.back() += byte;
    else
      cells.emplace_back(1, byte);
  }
  return cells;
}

/// The column of each point: one after another, and far enough from each other for the labels between.
std::vector<std::size_t> columns_of(const std::vector<Bar>& bars, const std::vector<Point>& points) {
  std::vector<std::size_t> columns;
  std::vector<std::size_t> begins(bars.size());
  for (const Point& point : points) {
    std::size_t column = columns.empty() ? 0 : columns.back() + 2;
    if (point.is_return) column = std::max(column, begins[point.call] + cells_of(bars[point.call].label).size() + 3);
    if (!point.is_return) begins[point.call] = column;
    columns.push_back(column);
  }
  return columns;
}

void draw(Cells& lane, std::size_t begin, std::size_t end, const std::string& label, bool returns) {
  if (lane.size() <= end) lane.resize(end + 1, " ");
  for (std::size_t at = begin; at <= end; ++at) lane[at] = "─";
  lane[begin] = "├";
  lane[end] = returns ? "┤" : "…";
  const Cells letters = cells_of(" " + label + " ");
  std::copy(letters.begin(), letters.end(), lane.begin() + static_cast<std::ptrdiff_t>(begin) + 1);
}

}  // namespace

std::string timeline(const std::vector<std::string>& lanes, const std::vector<Bar>& bars,
                     const std::vector<Point>& points, std::size_t width) {
  const std::vector<std::size_t> columns = columns_of(bars, points);
  std::vector<Cells> drawn(lanes.size());
  const std::size_t last = columns.empty() ? 0 : columns.back();
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i].is_return) continue;
    const Bar& bar = bars[points[i].call];
    const auto response = std::find(points.begin(), points.end(), Point{points[i].call, true});
    const bool returns = response != points.end();
    const std::size_t end = returns ? columns[static_cast<std::size_t>(response - points.begin())]
                                    : std::max(last + 2, columns[i] + cells_of(bar.label).size() + 3);
    draw(drawn[bar.lane], columns[i], end, bar.label, returns);
  }
  std::size_t names = 0;
  std::size_t total = 0;
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    names = std::max(names, cells_of(lanes[lane]).size());
    total = std::max(total, drawn[lane].size());
  }
  const std::size_t room = std::max<std::size_t>(width - std::min(width, names + 3), 20);
  std::string text;
  for (std::size_t begin = 0; begin < total;) {
    std::size_t end = begin + room;
    for (std::size_t i = 0; end < total && i < points.size(); ++i)  // rather before a bar than within it
      if (!points[i].is_return && columns[i] > begin && columns[i] <= begin + room) end = columns[i];
    if (begin != 0) text += "\n";
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      std::string line = lanes[lane] + std::string(names - cells_of(lanes[lane]).size(), ' ') + " │ ";
      for (std::size_t at = begin; at < std::min(end, drawn[lane].size()); ++at) line += drawn[lane][at];
      while (line.ends_with(' ')) line.pop_back();
      text += line + "\n";
    }
    begin = end;
  }
  return text;
}

}  // namespace heddle::analysis
