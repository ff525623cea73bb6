// Processes, and what they talk through: each rule with its breach.
#include <catch2/catch.hpp>
#include <csignal>
#include <heddle/heddle.hpp>
#include <memory>
#include <optional>
#include <system_error>

#include "process/verdicts.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using heddle::process_tests::check;
using heddle::process_tests::executions;
using heddle::process_tests::verdict;

namespace {

struct Shared {
  heddle::mutex mutex;
  heddle::condition_variable changed;
  heddle::counting_semaphore<> permits{0};
  heddle::atomic<int> number{0};
  heddle::var<int> plain{0};
};

}  // namespace

TEST_CASE("a process ends with the status that its callable returns", "[process]") {
  CHECK(executions([] {
          heddle::process child([](int code) { return code; }, 258);
          HEDDLE_ASSERT(child.joinable());
          const heddle::exit_status status = child.wait();
          HEDDLE_ASSERT(!child.joinable());
          HEDDLE_ASSERT(status.exited() && !status.signaled());
          HEDDLE_ASSERT(status.code() == 2);  // eight bits
          heddle::process quiet([] {});
          HEDDLE_ASSERT(quiet.wait().code() == 0);
        }) == 1);
  CHECK(verdict([] {
          heddle::process child([]() -> int {
            const auto kept = std::make_unique<int>(3);  // its memory goes with the process
            heddle::this_process::exit(*kept);
          });
          HEDDLE_ASSERT(child.wait().code() == 3);
        }) == "verified");
  CHECK(verdict([] {
          heddle::process none;
          try {
            none.wait();
          } catch (const std::system_error& error) {
            HEDDLE_ASSERT(error.code() == std::errc::no_child_process);
          }
        }) == "verified");
}

// The look comes before the end of the process, or after it.
TEST_CASE("a look whether a process has ended does not wait for it", "[process]") {
  CHECK(executions([] {
          heddle::process child([] { return 3; });
          std::optional<heddle::exit_status> status = child.try_wait();
          HEDDLE_ASSERT(child.joinable() == !status);
          if (!status) status = child.wait();
          HEDDLE_ASSERT(status->code() == 3);
        }) == 2);
  CHECK(executions([] {  // rounds that find nothing are left out
          heddle::process child([] { return 3; });
          while (!child.try_wait()) continue;
        }) == 1);
  CHECK(verdict([] {
          heddle::process child([] { heddle::may_crash(); });
          std::optional<heddle::exit_status> status;
          while (!status) status = child.try_wait();
          HEDDLE_ASSERT(status->exited() || status->signal() == 9);
        }) == "verified");
  CHECK(verdict([] {
          bool refused = false;
          try {
            static_cast<void>(heddle::process().try_wait());
          } catch (const std::system_error& error) {
            refused = error.code() == std::errc::no_child_process;
          }
          HEDDLE_ASSERT(refused);
        }) == "verified");
}

TEST_CASE("a process that has said its last word may not have ended", "[process]") {
  const auto harness = [](bool waits) {
    return [waits] {
      heddle::pipe<int> words;
      heddle::process child([=] { words.write(1); });
      int word = 0;
      words.read(word);
      const std::optional<heddle::exit_status> status = waits ? child.wait() : child.try_wait();
      HEDDLE_ASSERT(status.has_value());
    };
  };
  CHECK_THAT(verdict(harness(false)), StartsWith("assertion: "));
  CHECK(verdict(harness(true)) == "verified");
}

TEST_CASE("a wait for a process has a time limit", "[process]") {
  using namespace std::chrono_literals;
  const auto with = [](heddle::Timeouts timeouts) {
    heddle::Options options;
    options.timeouts = timeouts;
    return options;
  };
  const auto harness = [](std::chrono::milliseconds work, bool in_time) {
    return [work, in_time] {
      heddle::process child([work] {
        if (work > 0ms) heddle::this_thread::sleep_for(work);
      });
      const auto start = std::chrono::steady_clock::now();
      const bool ended = child.wait_until(start + 10ms).has_value();
      HEDDLE_ASSERT(ended || std::chrono::steady_clock::now() - start >= 10ms);
      HEDDLE_ASSERT(ended == in_time);
      if (!ended) child.wait();
    };
  };
  // At any point; or where nothing else can run: then it ends in time just where it is done before.
  CHECK_THAT(verdict(harness(0ms, true)), StartsWith("assertion: "));
  CHECK_THAT(verdict(harness(0ms, false)), StartsWith("assertion: "));
  CHECK(executions(harness(0ms, true), with(heddle::Timeouts::last)) == 1);
  CHECK(executions(harness(20ms, false), with(heddle::Timeouts::last)) == 1);
  CHECK(executions(harness(0ms, true), with(heddle::Timeouts::never)) == 1);
  CHECK(executions([] {
          heddle::process child([] {});
          if (!child.wait_for(1s)) child.wait();
        }) == 2);
}

TEST_CASE("a process that nobody waits for is a zombie", "[process]") {
  CHECK_THAT(verdict([] { heddle::process child([] {}); }), StartsWith("misuse: ") && Contains("zombie"));
  CHECK_THAT(verdict([] {
               heddle::process child([] {});
               child = heddle::process([] {});
             }),
             Contains("assigned to"));
  CHECK(verdict([] { heddle::process([] {}).detach(); }) == "verified");
}

TEST_CASE("a pipe ends when nobody can write to it, and breaks when nobody can read", "[process]") {
  CHECK(verdict([] {
          heddle::pipe<char> p;
          const char text[] = {'a', 'b', 'c'};
          p.write(text);
          p.close_write();
          char got[2] = {};
          HEDDLE_ASSERT(p.read(std::span<char>(got)) == 2);
          HEDDLE_ASSERT(got[0] == 'a' && got[1] == 'b');
          HEDDLE_ASSERT(p.read(std::span<char>(got)) == 1);
          HEDDLE_ASSERT(p.read(std::span<char>(got)) == 0);
        }) == "verified");
  CHECK(verdict([] {
          heddle::pipe<int> p;
          p.close_read();
          bool broken = false;
          try {
            p.write(1);
          } catch (const std::system_error& error) {
            broken = error.code() == std::errc::broken_pipe;
          }
          HEDDLE_ASSERT(broken);
        }) == "verified");
  CHECK_THAT(verdict([] {
               heddle::pipe<int> p;
               p.close_read();
               p.close_read();
             }),
             StartsWith("misuse: ") && Contains("not got open"));
  CHECK_THAT(verdict([] {
               heddle::pipe<int> p;
               p.close_write();
               p.write(1);
             }),
             StartsWith("misuse: ") && Contains("not got open"));
  CHECK_THAT(verdict([] {
               heddle::pipe<int> p;
               int number = 0;
               p.read(number);
             }),
             StartsWith("deadlock: ") && Contains("which the reader has open itself"));
}

TEST_CASE("a process that was started before a pipe was made has no end of it", "[process]") {
  CHECK_THAT(verdict([] {
               heddle::pipe<heddle::pipe<int>> handles;
               heddle::process child([=] {
                 heddle::pipe<int> late;
                 handles.read(late);
                 late.write(1);
               });
               heddle::pipe<int> made_late;
               handles.write(made_late);
               child.wait();
             }),
             StartsWith("misuse: ") && Contains("not got open"));
}

TEST_CASE("messages come by priority, then by age", "[process]") {
  CHECK(executions([] {
          heddle::message_queue<int> queue(4);
          queue.send(1);
          queue.send(2, 5);
          queue.send(3, 5);
          queue.send(4);
          HEDDLE_ASSERT(!queue.try_send(5));
          unsigned priority = 0;
          HEDDLE_ASSERT(queue.receive(priority) == 2);
          HEDDLE_ASSERT(priority == 5);
          HEDDLE_ASSERT(queue.receive() == 3);
          HEDDLE_ASSERT(queue.receive() == 1);
          HEDDLE_ASSERT(queue.receive() == 4);
          int none = 0;
          HEDDLE_ASSERT(!queue.try_receive(none));
          HEDDLE_ASSERT(!queue.receive_for(none, std::chrono::seconds(1)));
        }) == 1);
}

TEST_CASE("sends and receives with a time limit", "[process]") {
  using namespace std::chrono_literals;
  heddle::Options last;
  last.timeouts = heddle::Timeouts::last;
  for (const heddle::Options& options : {heddle::Options(), last}) {
    CHECK(executions(
              [] {  // nobody else is there
                heddle::message_queue<int> queue(2);
                const auto start = std::chrono::system_clock::now();
                int message = 0;
                HEDDLE_ASSERT(!queue.receive_until(message, start + 10ms));
                HEDDLE_ASSERT(std::chrono::system_clock::now() - start >= 10ms);
                HEDDLE_ASSERT(queue.send_for(1, 10ms));
                HEDDLE_ASSERT(queue.send_until(2, start, 5));  // too late, but there is room
                HEDDLE_ASSERT(!queue.send_until(3, start));
                HEDDLE_ASSERT(!queue.send_for(3, 10ms));
                HEDDLE_ASSERT(std::chrono::system_clock::now() - start >= 20ms);
                HEDDLE_ASSERT(queue.receive_until(message, start) && message == 2);
                HEDDLE_ASSERT(queue.receive_for(message, 0ms) && message == 1);
                HEDDLE_ASSERT(!queue.receive_until(message, start));
              },
              options) == 1);
  }
  // The receiver is first, or the limit passes; with `last` it does not while the receiver can go on.
  const auto send = [](bool gives_up) {
    return [gives_up] {
      heddle::message_queue<int> queue(1);
      queue.send(1);
      heddle::process receiver([=] { return queue.receive(); });
      const bool sent = queue.send_for(2, 10ms);
      HEDDLE_ASSERT(sent || gives_up);
      HEDDLE_ASSERT(receiver.wait().code() == 1);
    };
  };
  CHECK_THAT(verdict(send(false)), StartsWith("assertion: "));
  CHECK(executions(send(true)) == 2);
  CHECK(executions(send(false), last) == 1);
  const auto receive = [](bool gives_up) {
    return [gives_up] {
      heddle::message_queue<int> queue(1);
      heddle::process sender([=] { queue.send(1); });
      int message = 0;
      const bool received = queue.receive_until(message, std::chrono::steady_clock::now() + 10ms);
      HEDDLE_ASSERT(received == (message == 1) && (received || gives_up));
      sender.wait();
    };
  };
  CHECK_THAT(verdict(receive(false)), StartsWith("assertion: "));
  CHECK(executions(receive(true)) == 2);
  CHECK(executions(receive(false), last) == 1);
}

TEST_CASE("the objects in shared memory work across processes", "[process]") {
  CHECK(verdict([] {
          heddle::shared_memory<Shared> shared;
          heddle::process child([=] {
            {
              std::lock_guard lock(shared->mutex);
              shared->plain = 1;
            }
            shared->changed.notify_one();
            shared->permits.release();
            shared->number.wait(0);
          });
          {
            std::unique_lock lock(shared->mutex);
            shared->changed.wait(lock, [&] { return shared->plain == 1; });
          }
          shared->permits.acquire();
          shared->number.store(1);
          shared->number.notify_one();
          child.wait();
        }) == "verified");
  CHECK_THAT(verdict([] {
               heddle::shared_memory<Shared> shared;
               heddle::process child([=] { shared->plain = 1; });
               shared->plain = 2;
               child.wait();
             }),
             StartsWith("data-race: "));
}

// Two operations that others see, each of which it may die before; and its end: three ways to die, and one to live.
TEST_CASE("a process dies before each operation that others see, or at its end", "[process]") {
  const auto harness = [](bool by_itself) {
    return [by_itself] {
      heddle::shared_memory<heddle::atomic<int>> number(0);
      heddle::process child([=] {
        if (by_itself) heddle::may_crash();
        heddle::atomic<int> own{0};
        number->store(1);
        own.store(1);  // nobody sees that
        number->store(2);
        own.store(2);
      });
      const heddle::exit_status status = child.wait();
      HEDDLE_ASSERT(number->load() == 2 || status.signaled());
      HEDDLE_ASSERT(status.exited() || status.signal() == 9);
    };
  };
  CHECK(executions(harness(true)) == 4);
  CHECK(executions(harness(false)) == 1);
  heddle::Options options;
  options.crashes = 1;
  CHECK(executions(harness(false), options) == 4);
}

TEST_CASE("a process that sleeps may die before it, and after it", "[process]") {
  heddle::Options options;
  options.crashes = 1;
  options.timeouts = heddle::Timeouts::last;
  using namespace std::chrono_literals;
  for (const bool early : {true, false}) {
    CHECK_THAT(verdict(
                   [early] {
                     const auto start = std::chrono::steady_clock::now();
                     heddle::process child([] { heddle::this_thread::sleep_for(10ms); });
                     const bool died = child.wait().signaled();
                     const bool slept = std::chrono::steady_clock::now() - start >= 10ms;
                     HEDDLE_ASSERT(slept || died);
                     HEDDLE_ASSERT(!died || slept == early);
                   },
                   options),
               StartsWith("assertion: main: assertion failed: !died || slept == early"));
  }
}

TEST_CASE("a process that may die waits in a loop like any other", "[process]") {
  // It lives; or it dies before it leaves the loop, before it stores, or at its end.
  CHECK(executions([] {
          heddle::shared_memory<Shared> shared;
          heddle::process child([=] {
            heddle::may_crash();
            while (shared->number.load() == 0) {
            }
            shared->number.store(2);
          });
          shared->number.store(1);
          const bool died = child.wait().signaled();
          HEDDLE_ASSERT(died || shared->number.load() == 2);
        }) == 4);
}

TEST_CASE("a robust mutex tells the next holder that the one before has died", "[process]") {
  CHECK(verdict([] {
          heddle::shared_memory<heddle::robust_mutex> access;
          heddle::process child([=] {
            heddle::may_crash();
            access->lock();
            access->unlock();
          });
          const heddle::exit_status status = child.wait();
          const std::errc first = access->lock();
          HEDDLE_ASSERT(first == std::errc{} || status.signaled());
          if (first == std::errc::owner_dead) access->make_consistent();
          access->unlock();
          HEDDLE_ASSERT(access->try_lock() == std::errc{});
          access->unlock();
        }) == "verified");
  CHECK(verdict([] {  // the thread ends, its process goes on
          heddle::shared_memory<heddle::robust_mutex> access;
          heddle::thread([=] { access->lock(); }).join();
          HEDDLE_ASSERT(access->lock() == std::errc::owner_dead);
          access->unlock();
          bool lost = false;
          try {
            access->lock();
          } catch (const std::system_error& error) {
            lost = error.code() == std::errc::state_not_recoverable;
          }
          HEDDLE_ASSERT(lost);
        }) == "verified");
  CHECK_THAT(verdict([] {
               heddle::shared_memory<heddle::robust_mutex> access;
               access->lock();
               access->make_consistent();
             }),
             StartsWith("misuse: "));
  CHECK_THAT(verdict([] {
               heddle::shared_memory<heddle::robust_mutex> access;
               access->unlock();
             }),
             StartsWith("misuse: "));
}

TEST_CASE("a mutex whose holder has died is a deadlock that says so", "[process]") {
  const heddle::Result result = check([] {
    heddle::shared_memory<Shared> shared;
    heddle::process child([=] {
      heddle::may_crash();
      std::lock_guard lock(shared->mutex);
    });
    child.wait();
    std::lock_guard lock(shared->mutex);
  });
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].kind == heddle::FindingKind::deadlock);
  CHECK_THAT(result.findings[0].message, Contains("by T1, which died and did not unlock it"));
  CHECK_THAT(result.findings[0].explanation, Contains("heddle::robust_mutex"));
  CHECK_THAT(result.findings[0].dot, Contains("digraph"));
  REQUIRE(result.findings[0].thread_names.size() == 2);
  CHECK_THAT(result.findings[0].thread_names[1], StartsWith("T1 (process, "));
}

TEST_CASE("a dead process leaves no memory behind, and all its threads", "[process]") {
  CHECK(verdict([] {
          heddle::pipe<int> p;
          heddle::process child([=] {
            heddle::may_crash();
            const auto kept = std::make_unique<int>(1);
            heddle::thread other([=] { p.write(2); });
            p.write(*kept);
            other.join();
          });
          p.close_write();
          int number = 0, count = 0;
          while (p.read(number)) count++;
          HEDDLE_ASSERT(count == 2 || child.wait().signaled());
          if (child.joinable()) child.wait();
        }) == "verified");
}

TEST_CASE("the main process may die too, and leaves orphans", "[process]") {
  CHECK(verdict([] {
          heddle::pipe<int> p;
          heddle::process child([=] {
            p.close_write();
            int number = 0;
            while (p.read(number)) continue;
          });
          heddle::may_crash();
          p.close_read();
          p.write(1);
          p.close_write();
          child.wait();
        }) == "verified");
  CHECK_THAT(verdict([] {  // an orphan that waits for ever
               heddle::message_queue<int> queue;
               heddle::process child([=] { queue.receive(); });
               heddle::may_crash();
               queue.send(1);
               child.wait();
             }),
             StartsWith("deadlock: "));
}

TEST_CASE("pipes, queues and shared memory are made inside a check", "[process]") {
  CHECK_THROWS_WITH(heddle::pipe<int>(), Contains("outside a check"));
  CHECK_THROWS_WITH(heddle::message_queue<int>(), Contains("outside a check"));
  CHECK_THROWS_WITH(heddle::shared_memory<int>(1), Contains("outside a check"));
  CHECK_THROWS_WITH(heddle::process([] {}), Contains("outside a check"));
  CHECK_THROWS_WITH(heddle::may_crash(), Contains("outside a check"));
}

TEST_CASE("the liveness search goes through processes as well", "[process]") {
  heddle::Options options;
  options.search = "liveness";
  CHECK(verdict(
            [] {
              heddle::shared_memory<heddle::robust_mutex> access;
              heddle::process child([=] {
                heddle::may_crash();
                access->lock();
                access->unlock();
              });
              if (access->lock() == std::errc::owner_dead) access->make_consistent();
              access->unlock();
              child.wait();
            },
            options) == "verified");
}

TEST_CASE("a signal ends a process, or is handled", "[process]") {
  CHECK(verdict([] {  // a server that would go on for ever
          heddle::message_queue<int> queue;
          heddle::process server(heddle::killable, [=] {
            while (true) queue.receive();
          });
          queue.send(1);
          server.kill();
          HEDDLE_ASSERT(server.wait().signal() == 15);
        }) == "verified");
  CHECK(verdict([] {  // it may have ended before
          heddle::process child(heddle::killable, [] { return 3; });
          child.kill(9);
          const heddle::exit_status status = child.wait();
          HEDDLE_ASSERT(status.signal() == 9 || status.code() == 3);
        }) == "verified");
  CHECK(verdict([] {
          heddle::pipe<int> ready;
          heddle::process child(heddle::killable, [=] {
            int handled = 0;
            heddle::this_process::on_signal(2, [&](int signal) { handled += signal; });
            ready.write(1);
            return handled;
          });
          int number = 0;
          ready.read(number);
          child.kill(2);
          const heddle::exit_status status = child.wait();
          HEDDLE_ASSERT(status.code() == 0 || status.code() == 2);
        }) == "verified");
  CHECK_THAT(verdict([] {
               heddle::process child([] {});
               child.kill();
             }),
             StartsWith("misuse: ") && Contains("killable"));
  CHECK_THAT(verdict([] { heddle::this_process::on_signal(2, [](int) {}); }),
             StartsWith("misuse: ") && Contains("killable"));
}

// Who starts the child first may have the handler too late: SIGCHLD is ignored until then.
TEST_CASE("a process is sent SIGCHLD when one that it has started ends", "[process]") {
  const auto harness = [](bool handler_first) {
    return [handler_first] {
      heddle::process server(heddle::killable, [handler_first] {
        heddle::pipe<int> ends;
        std::optional<heddle::process> child;
        if (!handler_first) child.emplace([] { return 3; });
        heddle::this_process::on_signal(SIGCHLD, [=](int signal) { ends.write(signal); });
        if (handler_first) child.emplace([] { return 3; });
        int signal = 0;
        ends.read(signal);
        HEDDLE_ASSERT(signal == SIGCHLD);
        const std::optional<heddle::exit_status> status = child->try_wait();
        HEDDLE_ASSERT(status && status->code() == 3);
      });
      server.wait();
    };
  };
  CHECK_THAT(verdict(harness(false)), StartsWith("deadlock: "));
  CHECK(verdict(harness(true)) == "verified");
  CHECK(verdict([] {  // without a handler it is nothing
          heddle::process child(heddle::killable, [] {
            heddle::process([] {}).wait();
            return 3;
          });
          child.kill(SIGCHLD);
          HEDDLE_ASSERT(child.wait().code() == 3);
        }) == "verified");
}

// The handler sets a flag that the loop looks at before it waits. A signal between the two is lost.
TEST_CASE("a signal between the look and the wait is lost", "[process]") {
  CHECK_THAT(verdict([] {
               heddle::pipe<int> work;
               heddle::process server(heddle::killable, [=] {
                 heddle::atomic<bool> stop{false};
                 heddle::this_process::on_signal(15, [&](int) { stop.store(true); });
                 work.close_write();
                 int job = 0;
                 while (!stop.load() && work.read(job)) continue;
               });
               work.write(1);
               server.kill();
               server.wait();  // before it closes the pipe
             }),
             StartsWith("deadlock: "));
}
