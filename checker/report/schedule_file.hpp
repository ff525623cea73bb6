// Schedule files: a failing execution as a small text that a human can read and a diff can compare.
//
//     heddle schedule 1
//     test: two transfers keep the total
//     harness: 8c1f0e6d2b7a9350
//     build: heddle 0.1.0, g++ 12.2.0
//     options: --spurious-wakeups=1
//     fault: deadlock
//     message: T1 and T2 wait for each other
//     steps: 3
//
//     0  main  spawn   bank.cpp:31
//     1  T1    lock    bank.cpp:12
//     2  T2    choose  bank.cpp:20  choice 2
//
// Of a livelock or starvation, a line `cycle: N` before `steps:` says that the last N steps are repeated for ever.
// A step is its number, thread, operation and place, then `choice N` and `reads N` (the number of the step that is
// read) where they are not the usual ones. A text that would not survive as it stands is in double quotes, with
// backslash escapes (\" \\ \n \t \r \xHH). Empty lines, and lines that begin with #, are passed over.
#pragma once

#include <string>
#include <string_view>

#include "checker/core/schedule.hpp"

namespace heddle::report {

/// The text of a schedule file. What it writes, read_schedule reads back equal. Throws heddle::Error where that cannot
/// be: a text of more than a quarter of a megabyte, a fault that is no kind of finding, a step that reads a later one.
std::string write_schedule(const Schedule& schedule);

/// The schedule in `text`, which may come from anywhere. Throws heddle::Error with the line, what is wrong and the
/// cure; `name` stands in front of the line number. Time and memory are linear in the size of the text, which is
/// bounded.
Schedule read_schedule(std::string_view text, const std::string& name = "schedule");

/// Writes a schedule file. Throws heddle::Error where the file cannot be written.
void save_schedule(const std::string& path, const Schedule& schedule);

/// Reads a schedule file. Throws heddle::Error where there is none, or as read_schedule does.
Schedule load_schedule(const std::string& path);

}  // namespace heddle::report
