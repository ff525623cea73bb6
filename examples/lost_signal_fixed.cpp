// The handler writes into a pipe of the server's own, in which its work comes as well: what it waits for.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the server stops when it is told to") {
  heddle::pipe<int> work;
  constexpr int stop = 0;
  heddle::process server(heddle::killable, [=] {
    heddle::this_process::on_signal(15, [=](int) { work.write(stop); });
    int job = 1;
    while (job != stop) work.read(job);
  });
  work.write(1);
  server.kill(15);
  const heddle::exit_status status = server.wait();
  HEDDLE_ASSERT(status.exited() || status.signal() == 15);  // it may come before there is a handler
}
