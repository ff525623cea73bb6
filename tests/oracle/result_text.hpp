// Promises, tasks, futures and stop tokens of a program as C++.
#pragma once

#include <string>
#include <vector>

#include "oracle/program.hpp"

namespace heddle::oracle {

/// Whether the statement leaves something in the register in more than one way.
bool keeps_result(const Action& action);
/// Who makes the result, and its future.
std::vector<std::string> declaration_of_result(unsigned number);
/// What of the objects of this number the thread has for its own.
std::vector<std::string> own_of(const ProgramThread& thread, std::uint8_t number);
std::string text_of_result(const Action& action);
std::string text_of_stop(const Action& action);

}  // namespace heddle::oracle
