// How a text for human eyes looks: what the terminal can show, and what the reader asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "checker/core/options.hpp"

namespace heddle::report {

struct TextStyle {
  bool color = false;              ///< with the escape sequences of a terminal
  bool unicode = false;            ///< with lines and marks that are not ASCII
  unsigned width = 100;            ///< columns of the terminal
  std::size_t most_rows = 60;      ///< of a table of a schedule, about: longer ones lose their middle; 0: all rows
  std::string replay_command{};    ///< what stands before the schedule's path: "./heddle replay bank.cpp"; may be empty
  std::string replay_arguments{};  ///< what stands after it: "-- -DN=3"; mostly empty
};

/// The style that fits what is behind a file descriptor: colours on a terminal (unless NO_COLOR or TERM=dumb) where
/// `color` leaves the choice, its width (COLUMNS or 100 where there is no terminal), Unicode in a UTF-8 locale.
TextStyle style_for(int descriptor, When color);

/// What a piece of text is; it decides the colour.
enum class Ink : std::uint8_t { plain, strong, faint, good, bad, doubtful, place };

/// `text` in its colour, or just `text` where the style has none.
std::string painted(const TextStyle& style, Ink ink, std::string_view text);

}  // namespace heddle::report
