// A server that is to stop when it is sent SIGTERM: the handler sets a flag, and the loop looks at it before it waits
// for work. A signal that comes between the two is noticed only with the next piece of work, and there is none.
#include <heddle/heddle.hpp>

HEDDLE_TEST("the server stops when it is told to") {
  heddle::pipe<int> work;
  heddle::process server(heddle::killable, [=] {
    work.close_write();
    heddle::atomic<bool> stop{false};
    heddle::this_process::on_signal(15, [&](int) { stop.store(true); });
    for (int job = 0; !stop.load() && work.read(job);) continue;
  });
  work.write(1);
  server.kill(15);
  server.wait();
}
