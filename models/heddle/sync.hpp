// One name for std's concurrency and for Heddle's: heddle_sync::mutex, heddle_sync::jthread, …
//
// Code that is written against it is checked as it stands, and goes into production compiled with HEDDLE_SYNC_STD,
// where all of it is std's and nothing of Heddle is left. A shorter name is up to you, inside a namespace of yours:
//     namespace sync = heddle_sync;
// (In the global namespace `sync` is a function of <unistd.h>, which the standard headers include.)
#pragma once

#ifdef HEDDLE_SYNC_STD

#include <atomic>
#include <barrier>
#include <cassert>
#include <chrono>
#include <condition_variable>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <stop_token>
#include <thread>

namespace heddle_sync = std;

namespace heddle {
/// Plain data, without anybody watching.
template <class T>
using var = T;
}  // namespace heddle

#define HEDDLE_ASSERT(...) assert((__VA_ARGS__))

#else

#include "models/heddle/heddle.hpp"

namespace heddle_sync = heddle;

#endif
