// Characters: UTF-8 as it comes from harnesses, which may hold anything, on its way to terminals and text files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace heddle::report {

/// The bytes of the well-formed UTF-8 character that `text` begins with; 0 where it begins with anything else.
std::size_t character_length(std::string_view text);

/// Whether `text` is UTF-8 from end to end.
bool is_utf8(std::string_view text);

/// Whether a line of text can show the character (of character_length bytes): not a control character.
bool is_printable(std::string_view character);

/// `text` with backslash escapes (\n, \t, \r, \xHH) for all that is not printable, so that it stays on one line and a
/// terminal obeys nothing in it. Backslashes themselves stay as they are.
std::string printable(std::string_view text);

/// The columns that a printable text takes on a terminal: 2 for a wide East Asian character, 0 for a combining one.
std::size_t columns(std::string_view text);

/// The longest beginning of `text`, in bytes, that fits into so many columns.
std::size_t fitting(std::string_view text, std::size_t width);

/// Breaks a printable text into lines of at most so many columns: between words where it can, within a word that is too
/// long. Gives at least one line. Spaces at the front stay, and begin the following lines too.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace heddle::report
