#include "bench/programs.hpp"

#include <heddle/heddle.hpp>

namespace heddle::bench {

namespace {

/// Starts `count` threads that each run `body(i)`, and joins them.
template <class Body>
void in_threads(int count, Body body) {
  std::vector<thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&body, i] { body(i); });
  for (thread& t : threads) t.join();
}

void lastzero(int n) {
  std::vector<atomic<int>> a(static_cast<std::size_t>(n) + 1);
  in_threads(n + 1, [&](int i) {
    const auto at = static_cast<std::size_t>(i);
    if (i > 0) {
      a[at].store(a[at - 1].load() + 1);
      return;
    }
    for (auto last = static_cast<std::size_t>(n); a[last].load() != 0;) --last;
  });
}

/// Flanagan and Godefroid, POPL 2005, figure 2.
void indexer(int n) {
  constexpr int size = 128;
  std::vector<atomic<int>> table(size);
  in_threads(n, [&](int i) {
    for (int m = 1; m <= 4; ++m) {
      const int word = m * 11 + i;
      int slot = word * 7 % size;
      for (int empty = 0; !table[static_cast<std::size_t>(slot)].compare_exchange_strong(empty, word); empty = 0)
        slot = (slot + 1) % size;
    }
  });
}

/// The same paper, figure 3.
void filesystem(int n) {
  constexpr unsigned inodes = 32;
  constexpr unsigned blocks = 26;
  std::vector<mutex> inode_lock(inodes);
  std::vector<mutex> block_lock(blocks);
  std::vector<var<unsigned>> inode(inodes);
  std::vector<var<bool>> busy(blocks);
  in_threads(n, [&](int number) {
    const unsigned i = static_cast<unsigned>(number) % inodes;
    const std::lock_guard own(inode_lock[i]);
    if (inode[i] != 0u) return;
    for (unsigned b = i * 2 % blocks;; b = (b + 1) % blocks) {
      const std::lock_guard block(block_lock[b]);
      if (busy[b]) continue;
      busy[b] = true;
      inode[i] = b + 1;
      return;
    }
  });
}

void readers(int n) {
  atomic<int> x{0};
  in_threads(n + 1, [&](int i) {
    if (i < n)
      static_cast<void>(x.load());
    else
      x.store(1);
  });
}

void ainc(int n) {
  atomic<int> x{0};
  in_threads(n, [&](int) { x.fetch_add(1); });
}

void binc(int n) {
  atomic<int> x{0};
  atomic<int> y{0};
  in_threads(n, [&](int) {
    x.fetch_add(1);
    y.fetch_add(1);
  });
}

void casrot(int n) {
  atomic<int> x{0};
  in_threads(n, [&](int i) {
    int expected = i;
    x.compare_exchange_strong(expected, i + 1);
  });
}

void fib_bench(int n) {
  atomic<int> i{1};
  atomic<int> j{1};
  thread a([&] {
    for (int k = 0; k < n; ++k) {
      const int old = i.load();
      i.store(old + j.load());
    }
  });
  thread b([&] {
    for (int k = 0; k < n; ++k) {
      const int old = j.load();
      j.store(old + i.load());
    }
  });
  static_cast<void>(i.load());
  static_cast<void>(j.load());
  a.join();
  b.join();
}

/// The same with acquire loads and release stores: what RC11 has more of than SC.
void fib_acqrel(int n) {
  constexpr auto acquire = memory_order_acquire;
  constexpr auto release = memory_order_release;
  atomic<int> i{1};
  atomic<int> j{1};
  thread a([&] {
    for (int k = 0; k < n; ++k) {
      const int old = i.load(acquire);
      i.store(old + j.load(acquire), release);
    }
  });
  thread b([&] {
    for (int k = 0; k < n; ++k) {
      const int old = j.load(acquire);
      j.store(old + i.load(acquire), release);
    }
  });
  static_cast<void>(i.load(acquire));
  static_cast<void>(j.load(acquire));
  a.join();
  b.join();
}

void lockinc(int n) {
  mutex m;
  atomic<int> x{0};
  in_threads(n, [&](int) {
    const std::lock_guard lock(m);
    x.store(x.load() + 1);
  });
}

void account(int n) {
  mutex m;
  var<int> balance{0};
  in_threads(2 * n, [&](int i) {
    const std::lock_guard lock(m);
    balance += i < n ? 1 : -1;
  });
}

void philosophers(int n) {
  std::vector<mutex> fork(static_cast<std::size_t>(n));
  in_threads(n, [&](int i) {
    auto first = static_cast<std::size_t>(i);
    auto second = (first + 1) % fork.size();
    if (i == n - 1) std::swap(first, second);
    const std::lock_guard a(fork[first]);
    const std::lock_guard b(fork[second]);
  });
}

void prodcons(int n) {
  mutex m;
  condition_variable filled;
  condition_variable emptied;
  var<bool> full{false};
  thread producer([&] {
    for (int i = 0; i < n; ++i) {
      std::unique_lock lock(m);
      while (full) emptied.wait(lock);
      full = true;
      filled.notify_one();
    }
  });
  thread consumer([&] {
    for (int i = 0; i < n; ++i) {
      std::unique_lock lock(m);
      while (!full) filled.wait(lock);
      full = false;
      emptied.notify_one();
    }
  });
  producer.join();
  consumer.join();
}

void ticketlock(int n) {
  atomic<int> next{0};
  atomic<int> served{0};
  var<int> count{0};
  in_threads(n, [&](int) {
    const int mine = next.fetch_add(1);
    while (served.load() != mine) {
    }
    count = count + 1;
    served.store(mine + 1);
  });
}

/// Test and test-and-set.
void ttaslock(int n) {
  atomic<int> held{0};
  var<int> count{0};
  in_threads(n, [&](int) {
    do {
      while (held.load() != 0) {
      }
    } while (held.exchange(1) != 0);
    count = count + 1;
    held.store(0);
  });
}

}  // namespace

const std::vector<Program>& programs() {
  static const std::vector<Program> all = {
      {"lastzero(15)", [] { lastzero(15); }, 147'456, 19'200, {}},   // (n + 3) 2^(n-2)
      {"indexer(16)", [] { indexer(16); }, 32'768, 2'200, {}},       // 8^(n-11), from 12 on
      {"filesystem(26)", [] { filesystem(26); }, 8'192, 570, {}},    // 2^(n-13), from 14 on
      {"readers(18)", [] { readers(18); }, 262'144, 28'000, {}},     // 2^n
      {"ainc(9)", [] { ainc(9); }, 362'880, 32'000, {}},             // n!
      {"binc(6)", [] { binc(6); }, 518'400, 34'000, {}},             // (n!)^2
      {"casrot(12)", [] { casrot(12); }, 919'146, 164'000, {}},      // measured by independent checkers
      {"fib_bench(5)", [] { fib_bench(5); }, 218'243, 188'000, {}},  // likewise
      {"fib_acqrel(5)", [] { fib_acqrel(5); }, 525'630, 196'000, "rc11"},
      {"lockinc(9)", [] { lockinc(9); }, 362'880, 14'700, {}},           // n!
      {"account(4)", [] { account(4); }, 40'320, 11'000, {}},            // (2n)!
      {"philosophers(13)", [] { philosophers(13); }, 8'190, 5'200, {}},  // 2^n - 2
      {"prodcons(9)", [] { prodcons(9); }, 131'072, 5'080, {}},          // 2^(2n-1)
      {"ticketlock(8)", [] { ticketlock(8); }, 40'320, 7'900, {}},       // n!
      {"ttaslock(5)", [] { ttaslock(5); }, 14'400, 232, {}},             // (n!)^2; the peer: n = 7
  };
  return all;
}

namespace {

/// Each thread has ten states of its own: before it begins, before its first store, and before each of the eight after
/// that. Main starts one after the other: 1 + 10 + ... + 10^n states.
void counters(int n) {
  std::vector<atomic<int>> counts(static_cast<std::size_t>(n));
  in_threads(n, [&](int i) {
    for (int next = 0;; next = (next + 1) % 8) {
      counts[static_cast<std::size_t>(i)].store(next);
      progress();
    }
  });
}

}  // namespace

const std::vector<EndlessProgram>& endless_programs() {
  static const std::vector<EndlessProgram> all = {
      {"counters(4)", [] { counters(4); }, 11'111},
      {"counters(5)", [] { counters(5); }, 111'111},
      {"counters(6)", [] { counters(6); }, 1'111'111},
  };
  return all;
}

}  // namespace heddle::bench
