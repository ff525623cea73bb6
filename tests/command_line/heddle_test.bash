#!/usr/bin/env bash
# ./heddle from the outside: exit codes, what is printed where, what is built again and what is not.
set -u

heddle=$(readlink -f "${BASH_SOURCE[0]%/*}/../../heddle")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit
failures=0

# expect CODE TEXT WORDS...: runs heddle with the words; checks its exit code, and that it prints the text somewhere.
expect() {
  local code=$1 text=$2 output
  shift 2
  output=$("$heddle" "$@" 2>&1)
  local got=$?
  [[ $got == "$code" && $output == *"$text"* ]] && return
  ((++failures))
  printf 'FAILED: heddle %s\nexpected exit code %s and "%s", got %s and:\n%s\n\n' "$*" "$code" "$text" "$got" "$output"
}

# holds WHAT COMMAND...: the command must succeed.
holds() {
  "${@:2}" && return
  ((++failures))
  printf 'FAILED: %s\n\n' "$1"
}

cat >counter.cpp <<'END'
#include <heddle/heddle.hpp>
#include <cstdio>
#include <mutex>
#include "size.hpp"

static int increment(heddle::var<int>& count, heddle::mutex* mutex) {
  std::unique_lock<heddle::mutex> lock;
  if (mutex != nullptr) lock = std::unique_lock(*mutex);
  std::puts("an increment");
  return count += SIZE;
}

HEDDLE_TEST("with a lock") {
  heddle::mutex mutex;
  heddle::var<int> count{0};
  heddle::thread other([&] { increment(count, &mutex); });
  increment(count, &mutex);
  other.join();
  HEDDLE_ASSERT(count == 2 * SIZE);
}

#ifndef ONLY_GOOD
HEDDLE_TEST("without a lock") {
  heddle::var<int> count{0};
  heddle::thread other([&] { increment(count, nullptr); });
  increment(count, nullptr);
  other.join();
}
#endif
END
echo '#define SIZE 1' >size.hpp
echo 'int broken = ;' >broken.cpp
echo 'int empty;' >empty.cpp
echo 'int half();  int whole = half();' >unlinked.cpp
printf '#include <heddle/heddle.hpp>\nint half();\nHEDDLE_TEST("halves") { HEDDLE_ASSERT(half() == N); }\n' >first.cpp
echo 'int half() { return 21; }' >second.cpp

# Wrong use: one line, exit code 2.
expect 2 'heddle check FILE.cpp'
expect 2 "no command 'frob'" frob
expect 2 'needs the source files' check
expect 2 "no file 'absent.cpp'" check absent.cpp
expect 2 'is a folder' check "$folder"
expect 2 "unknown option '--modle'" check counter.cpp --modle=sc
expect 2 'heddle: the harness does not build: broken.cpp' check broken.cpp
expect 2 "broken.cpp:1:14: error" check broken.cpp
expect 2 'linking failed' check unlinked.cpp
expect 2 'no test' check empty.cpp
expect 2 "no test is called 'x'" check counter.cpp --test=x
expect 2 'cannot write' check counter.cpp --json=/nonexistent/file
expect 2 'needs a harness and a schedule' replay counter.cpp
expect 2 "no schedule 'absent'" replay counter.cpp absent

# Help and version.
expect 0 'heddle check FILE.cpp' help
expect 0 'heddle check FILE.cpp' --help
expect 0 '--timeout=SECONDS' check --help
expect 0 'heddle 0.' --version

# Verdicts.
expect 0 $'with a lock\nwithout a lock' check counter.cpp --list
expect 0 'with a lock: verified, 2 executions' check counter.cpp --test='with a lock'
expect 1 'counter.cpp:10: data-race' check counter.cpp
expect 1 '2 tests: 1 verified, 1 violated' check counter.cpp
expect 3 'inconclusive' check --max-executions 1 counter.cpp --test='with a lock'
expect 0 'verified' check counter.cpp -- -DONLY_GOOD
expect 0 'halves: verified' check first.cpp second.cpp -- -DN=21
expect 1 'first.cpp:3: assertion' check first.cpp second.cpp -- -DN=22
holds 'what a harness prints is held back' test -z "$("$heddle" check counter.cpp 2>&1 | grep 'an increment')"

# Files that were asked for, and no others.
expect 1 'replay with: ' check counter.cpp --schedule-out=race.schedule --json=out.json
holds 'the JSON names the tests' grep -q '"name": "without a lock"' out.json
holds 'the JSON names the kind' grep -q '"kind": "data-race"' out.json
holds 'the JSON names the schedule' grep -q '"schedule": "race.schedule"' out.json
rm -f out.json
holds 'nothing else is written' test "$(echo *)" = \
  'broken.cpp counter.cpp empty.cpp first.cpp race.schedule second.cpp size.hpp unlinked.cpp'

# Replays.
expect 1 'data-race' replay counter.cpp race.schedule
expect 1 'an increment' replay counter.cpp race.schedule
expect 1 'data-race' replay counter.cpp race.schedule -- -DOTHER
if command -v gdb >/dev/null; then  # in which the threads' stacks show the harness's frames
  in_gdb() { printf '%s\n' "$@" | "$heddle" replay counter.cpp race.schedule --gdb 2>&1; }
  holds 'gdb stops where the thread is at fault' grep -q '^#.* increment (.*counter.cpp:10' \
    <(in_gdb continue continue | sed -n '/stopped by the fault/,$p')
  holds 'gdb shows the stack of another thread, and goes on from there' grep -q 'counter.cpp:10: data-race' \
    <(in_gdb 'tbreak increment' run 'heddle-threads' 'heddle-thread 0' continue continue continue)
fi
echo 'heddle schedule 1' >truncated.schedule
expect 2 'truncated.schedule' replay counter.cpp truncated.schedule

# What is built again, and what is not.
program=$(ls -d "${HEDDLE_BUILD:-${heddle%/*}/build}"/harness/counter-*/program | head -n 1)
age() { cat "${program%/*/*}"/counter-*/id; stat -c %.Y "${program%/*/*}"/counter-*/program; }
before=$(age)
expect 1 'data-race' check counter.cpp
holds 'an unchanged harness is not built again' test "$before" = "$(age)"
echo '#define SIZE 2' >size.hpp
expect 1 'data-race' replay counter.cpp race.schedule
holds 'a header that has changed is seen' test "$before" != "$(age)"
sed -i '1i // What moves everything down a line.' counter.cpp
expect 2 'another build of this harness' replay counter.cpp race.schedule
expect 2 'at row 0 of its table' replay counter.cpp race.schedule

# What runs before or instead of the tests.
printf '#include <heddle/heddle.hpp>\nHEDDLE_TEST("x") {}\nint main() {}\n' >own_main.cpp
expect 2 'own_main.cpp has a main() of its own' check own_main.cpp
printf '#include <heddle/heddle.hpp>\nheddle::mutex m;\nstruct Early { Early() { m.lock(); } } early;\nHEDDLE_TEST("x") {}\n' >early.cpp
expect 2 'early.cpp:3' check early.cpp
expect 2 'before main' check early.cpp
printf '#include <heddle/heddle.hpp>\nheddle::mutex m;\nstruct Late { ~Late() { m.lock(); } } late;\nHEDDLE_TEST("x") {}\n' >late.cpp
expect 0 'x: verified' check late.cpp

# A harness that harms its process does not harm the next test.
cat >harm.cpp <<'END'
#include <heddle/heddle.hpp>
#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>
HEDDLE_TEST("is killed") { syscall(SYS_kill, getpid(), SIGKILL); }
HEDDLE_TEST("stops") { syscall(SYS_kill, getpid(), SIGSTOP); }
HEDDLE_TEST("terminates") { raise(SIGTERM); }
HEDDLE_TEST("leaves") { exit(0); }
HEDDLE_TEST("is well") {}
END
expect 1 'is killed: error' check harm.cpp
expect 1 'stops: error' check harm.cpp
expect 1 'harm.cpp:7: crash' check harm.cpp
expect 1 'harm.cpp:8: misuse' check harm.cpp
expect 1 '5 tests: 1 verified, 2 violated, 2 error' check harm.cpp

# The line of a call that takes no source location, however it comes about, and whatever the compiler makes of it.
cat >lines.cpp <<'END'
#include <heddle/heddle.hpp>
#include <functional>
#include <mutex>
static void unlock(heddle::mutex& m) {
  m.unlock();
}
HEDDLE_TEST("called") { heddle::mutex m; unlock(m); }
HEDDLE_TEST("called through mem_fn") {
  heddle::mutex m;
  const auto unlock = std::mem_fn(&heddle::mutex::unlock);
  unlock(m);
}
HEDDLE_TEST("called by a guard") {
  heddle::mutex m;
  m.lock();
  const std::lock_guard lock(m);
}
HEDDLE_TEST("called in two branches") {
  heddle::mutex m;
  if (heddle::choose(2) == 0)
    m.unlock();
  else
    m.unlock();
}
HEDDLE_TEST("called first by a thread") {
  heddle::mutex m;
  heddle::thread t(&heddle::mutex::unlock, &m);
  t.join();
}
END
for level in -O0 -O1 -O2 -O3; do
  expect 1 'lines.cpp:5: misuse' check lines.cpp --test=called -- $level
  expect 1 'lines.cpp:11: misuse' check lines.cpp --test='called through mem_fn' -- $level
  expect 1 'lines.cpp:16: misuse' check lines.cpp --test='called by a guard' -- $level
  expect 1 'lines.cpp:21: misuse' check lines.cpp --keep-going --test='called in two branches' -- $level
  expect 1 'lines.cpp:23: misuse' check lines.cpp --keep-going --test='called in two branches' -- $level
  expect 1 'lines.cpp:27: misuse' check lines.cpp --test='called first by a thread' -- $level
done
# Without debug information there is no line, but all else.
expect 1 'unlock m: fails: free' check lines.cpp --test=called -- -g0

((failures == 0)) && echo 'all as expected'
exit $((failures > 0))
