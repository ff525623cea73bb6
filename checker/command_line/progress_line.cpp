#include "checker/command_line/progress_line.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace heddle::command_line {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto first_after = std::chrono::seconds(1);
constexpr auto then_every = std::chrono::milliseconds(200);

// The callback has no argument of ours; there is one check at a time in a process.
struct Line {
  std::string test;
  int descriptor = -1;
  Clock::time_point next;
};
Line line;

void put(int descriptor, const std::string& text) {
  [[maybe_unused]] const ssize_t written = write(descriptor, text.data(), text.size());
}

unsigned columns(int descriptor) {
  winsize size = {};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void draw(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (now < line.next) return;
  line.next = now + then_every;
  const std::string text = progress_text(line.test, progress);
  put(line.descriptor, "\r\033[K" + text.substr(0, columns(line.descriptor) - 1));
}

std::string short_count(double number) {
  if (number >= 1e6) return fmt::format("{:.1f}M", number / 1e6);
  if (number >= 1e3) return fmt::format("{:.0f}k", number / 1e3);
  return fmt::format("{:.0f}", number);
}

std::string short_time(double seconds) {
  if (seconds < 99) return fmt::format("{:.0f} s", seconds);
  if (seconds < 99 * 60.0) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3600.0) return fmt::format("{:.0f} h", seconds / 3600);
  if (seconds < 1000 * 86400.0) return fmt::format("{:.0f} days", seconds / 86400);
  return "years";
}

}  // namespace

void show_progress(std::string test, int descriptor) {
  line = {std::move(test), descriptor, Clock::now() + first_after};
  set_progress_callback(draw);
}

void erase_progress(int descriptor) {
  if (isatty(descriptor)) put(descriptor, "\r\033[K");
}

std::string progress_text(const std::string& test, const Progress& progress) {
  std::string text = test + ": ";
  if (progress.states != 0)
    text += fmt::format("{} states, {} transitions/s, {} states to go on from", progress.states,
                        short_count(progress.transitions_per_second), progress.states_to_expand);
  else
    text += fmt::format("{} executions, {}/s", progress.executions, short_count(progress.executions_per_second));
  if (progress.done_by_weight >= 0) text += fmt::format(", {:.1f} % done", progress.done_by_weight * 100);
  if (progress.seconds_left >= 0) text += fmt::format(", about {} left", short_time(progress.seconds_left));
  return text;
}

}  // namespace heddle::command_line
