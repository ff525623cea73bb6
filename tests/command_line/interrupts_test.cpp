#include "checker/command_line/interrupts.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "checker/command_line/isolated.hpp"

using namespace heddle::command_line;
using heddle::Result;
using heddle::Verdict;

namespace {

/// Runs `body` in a process, so that the handlers and counts of this one stay as they are; gives its exit code.
template <typename Body>
int exit_code_of(Body body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("the first interruption asks the child to end, the second kills it", "[command_line]") {
  const int code = exit_code_of([] {
    catch_interrupts();
    Isolation how;
    how.test = "a test";
    const Result result = run_isolated(how, []() -> Result {
      const pid_t parent = getppid();
      static volatile std::sig_atomic_t handed_on = 0;
      std::signal(SIGINT, [](int) { handed_on = 1; });
      kill(parent, SIGINT);
      while (!handed_on) usleep(1000);
      kill(parent, SIGINT);
      for (;;) pause();
    });
    if (interrupts() != 2) return 1;
    if (result.verdict != Verdict::inconclusive) return 2;
    return result.reason.find("interrupted") == std::string::npos ? 3 : 0;
  });
  CHECK(code == 0);
}

TEST_CASE("a child that does not end when it is asked to is killed", "[command_line]") {
  const int code = exit_code_of([] {
    catch_interrupts();
    Isolation how;
    how.test = "a test";
    how.kill_after_interrupt_seconds = 0.2;
    const Result result = run_isolated(how, []() -> Result {
      std::signal(SIGINT, SIG_IGN);
      kill(getppid(), SIGTERM);
      for (;;) pause();
    });
    if (interrupts() != 1) return 1;
    if (result.verdict != Verdict::inconclusive) return 2;
    return result.reason.find("interrupted") == std::string::npos ? 3 : 0;
  });
  CHECK(code == 0);
}

TEST_CASE("interruptions that are held back come afterwards", "[command_line]") {
  const int code = exit_code_of([] {
    catch_interrupts();
    {
      const InterruptsHeld held;
      std::raise(SIGINT);
      if (interrupts() != 0) return 1;
    }
    return interrupts() == 1 ? 0 : 2;
  });
  CHECK(code == 0);
}
