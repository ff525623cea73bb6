#include "checker/command_line/isolated.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "checker/command_line/death.hpp"
#include "checker/command_line/interrupts.hpp"
#include "checker/command_line/progress_line.hpp"
#include "checker/core/error.hpp"
#include "checker/report/wire.hpp"

namespace heddle::command_line {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kept_of_errors = 4096;  ///< the last bytes that a child wrote to stderr, told where it dies
constexpr int poll_milliseconds = 100;        ///< a grandchild may hold the pipes open, so death is also asked for
/// A child that is found stopped so often in a row has stopped itself: Ctrl-Z stops us too, and both go on together.
constexpr int looks_at_stopped = 3;

/// A pipe whose ends are closed on destruction, and in whatever the harness may exec.
struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error(std::string("no pipe for a test: ") + std::strerror(errno));
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_end(read_end);
    close_end(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

/// Writes all of it, or as much as the reader takes.
void write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// A message is its length, eight bytes, and then its bytes; so its end is known while the pipe is still open.
void send(int descriptor, const std::string& message) {
  const std::uint64_t length = message.size();
  write_all(descriptor, {reinterpret_cast<const char*>(&length), sizeof length});
  write_all(descriptor, message);
}

bool is_whole(const std::string& received) {
  std::uint64_t length = 0;
  if (received.size() < sizeof length) return false;
  std::memcpy(&length, received.data(), sizeof length);
  return received.size() - sizeof length >= length;
}

void redirect(int from, const char* path, int flags) {
  const int to = open(path, flags | O_CLOEXEC);
  if (to < 0) return;
  dup2(to, from);
  close(to);
}

/// The child: runs the body, sends its result and ends at once, without the destructors of anything.
[[noreturn]] void be_child(const Isolation& how, Pipe& results, Pipe& errors, const std::function<Result()>& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);

  if (how.show_progress) show_progress(how.test, fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  redirect(STDIN_FILENO, "/dev/null", O_RDONLY);
  if (!how.show_output) {
    redirect(STDOUT_FILENO, "/dev/null", O_WRONLY);
    dup2(errors.write_end, STDERR_FILENO);  // kept for the case that the child dies: it may say why
  }

  const Result result = run_caught(how.test, body);
  std::fflush(nullptr);
  send(results.write_end, report::to_wire(result));
  _exit(0);
}

/// The parent's end of a child.
class Child {
 public:
  Child(pid_t pid, const Isolation& how, Pipe& results, Pipe& errors)
      : pid_(pid), how_(how), begin_(Clock::now()), results_(results), errors_(errors) {}

  Result wait() {
    for (bool dead = false; !is_whole(received_) && !(dead && drained_);) {
      dead = ended();  // asked first: what it said before it died is still to be heard
      listen(dead ? 0 : poll_milliseconds);
    }
    while (!ended()) poll(nullptr, 0, 1);
    if (is_whole(received_)) {
      try {
        return report::from_wire(std::string_view(received_).substr(sizeof(std::uint64_t)));
      } catch (const Error&) {
        // The child was no longer itself when it wrote this. How it died is all that is known.
      }
    }
    return result_of_death(
        {how_.test, status_, killed_, interrupts() > 0, times_stopped_ == looks_at_stopped ? stopped_by_ : 0, told_});
  }

 private:
  /// Takes in what the child says, for so long.
  void listen(int milliseconds) {
    pollfd ends[] = {{results_.read_end, POLLIN, 0}, {errors_.read_end, POLLIN, 0}};
    poll(ends, 2, milliseconds);
    const bool more_results = take_in(results_.read_end, ends[0].revents, received_);
    const bool more_errors = take_in(errors_.read_end, ends[1].revents, told_);
    if (told_.size() > kept_of_errors) told_.erase(0, told_.size() - kept_of_errors);
    drained_ = !more_results && !more_errors;
    end_by_force();
  }

  /// Kills a child that will not end by itself.
  void end_by_force() {
    const auto is_over = [](Clock::time_point since, double seconds) {
      return seconds > 0 && Clock::now() - since > std::chrono::duration<double>(seconds);
    };
    if (interrupts() == 0) interrupted_ = Clock::now();
    killed_ = killed_ || is_over(begin_, how_.kill_after_seconds);
    if (times_stopped_ < looks_at_stopped) times_stopped_ = is_stopped() ? times_stopped_ + 1 : 0;
    if (killed_ || is_over(interrupted_, how_.kill_after_interrupt_seconds) || times_stopped_ == looks_at_stopped)
      kill(pid_, SIGKILL);
  }

  bool is_stopped() {
    siginfo_t change = {};
    if (reaped_ || waitid(P_PID, static_cast<id_t>(pid_), &change, WSTOPPED | WNOHANG | WNOWAIT) != 0) return false;
    if (change.si_pid == pid_) stopped_by_ = change.si_status;
    return change.si_pid == pid_;
  }

  /// Reads what is there into `to`. Closes the end where nothing will come any more. True where something was read.
  static bool take_in(int& end, int events, std::string& to) {
    if (end < 0 || events == 0) return false;
    char buffer[16384];
    const ssize_t size = read(end, buffer, sizeof buffer);
    if (size > 0) to.append(buffer, static_cast<std::size_t>(size));
    if (size == 0) Pipe::close_end(end);
    return size > 0 || (size < 0 && errno == EINTR);
  }

  bool ended() {
    if (!reaped_) reaped_ = waitpid(pid_, &status_, WNOHANG) == pid_;
    return reaped_;
  }

  pid_t pid_;
  const Isolation& how_;
  Clock::time_point begin_;
  Pipe& results_;
  Pipe& errors_;
  std::string received_;  ///< what came through `results_`
  std::string told_;      ///< the end of what came through `errors_`
  bool drained_ = false;  ///< the last time we listened there was nothing to hear
  bool reaped_ = false;
  bool killed_ = false;                           ///< by us, because its time was over
  Clock::time_point interrupted_ = Clock::now();  ///< the last time we looked and were not yet
  int times_stopped_ = 0;                         ///< so often in a row, the last times we looked
  int stopped_by_ = 0;                            ///< the signal that did it
  int status_ = 0;                                ///< of waitpid
};

}  // namespace

Result run_caught(const std::string& test, const std::function<Result()>& body) {
  Result failed;
  failed.name = test;
  failed.verdict = Verdict::error;
  try {
    Result result = body();
    if (result.name.empty()) result.name = test;
    return result;
  } catch (const std::bad_alloc&) {
    failed.reason = "the checker ran out of memory";
  } catch (const std::exception& error) {
    failed.reason = error.what();
  } catch (...) {
    failed.reason = "an exception of unknown type left the check";
  }
  return failed;
}

Result run_isolated(const Isolation& how, const std::function<Result()>& body) {
  Pipe results;
  Pipe errors;
  std::fflush(nullptr);  // or the child would print it again
  pid_t pid = 0;
  {
    const InterruptsHeld held;
    pid = fork();
    if (pid > 0) hand_interrupts_to(pid);
    if (pid == 0) stop_at_interrupt();
  }
  if (pid < 0) throw Error(std::string("no process for a test: ") + std::strerror(errno));
  if (pid == 0) be_child(how, results, errors, body);

  Pipe::close_end(results.write_end);
  Pipe::close_end(errors.write_end);
  Result result = Child(pid, how, results, errors).wait();
  hand_interrupts_to(0);
  if (how.show_progress) erase_progress(STDERR_FILENO);
  return result;
}

}  // namespace heddle::command_line
