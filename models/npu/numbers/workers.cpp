#include "models/npu/numbers/workers.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace cairn::numbers {

namespace {

/// Looks before a waiting thread sleeps: about as long as a short layer. Waking costs more.
constexpr int kLooks = 1000;

template <typename Done>
void look_for_a_while(Done done) {
  for (int i = 0; i < kLooks && !done(); ++i)
    __builtin_ia32_pause();
}

}  // namespace

struct Workers::State {
  std::mutex busy;  ///< held by the caller whose parts are being done
  std::mutex mutex;
  std::condition_variable changed;
  const std::function<void(int)>* part = nullptr;
  std::atomic<int> left = 0;        ///< parts that nobody has taken; changes under the mutex
  std::atomic<int> unfinished = 0;  ///< likewise
  bool is_ending = false;
  std::vector<std::thread> threads;

  /// Takes and does parts until none is left. Returns with the lock held.
  void take_parts(std::unique_lock<std::mutex>& lock) {
    while (left > 0) {
      const int own = --left;
      const auto* const work = part;
      lock.unlock();
      (*work)(own);
      lock.lock();
      if (--unfinished == 0) changed.notify_all();
    }
  }

  void serve() {
    std::unique_lock lock(mutex);
    while (!is_ending) {
      take_parts(lock);
      lock.unlock();
      look_for_a_while([this] { return left > 0; });
      lock.lock();
      changed.wait(lock, [this] { return is_ending || left > 0; });
    }
  }
};

Workers::Workers(int threads) : state_(std::make_unique<State>()) {
  for (int i = 1; i < threads; ++i)
    state_->threads.emplace_back([this] { state_->serve(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->is_ending = true;
  }
  state_->changed.notify_all();
  for (auto& thread : state_->threads)
    thread.join();
}

int Workers::threads() const {
  return static_cast<int>(state_->threads.size()) + 1;
}

void Workers::run(int parts, const std::function<void(int)>& part) {
  const std::unique_lock busy(state_->busy, std::try_to_lock);
  if (!busy.owns_lock() || state_->threads.empty()) {
    for (int i = 0; i < parts; ++i)
      part(i);
    return;
  }
  std::unique_lock lock(state_->mutex);
  state_->part = &part;
  state_->left = state_->unfinished = parts;
  state_->changed.notify_all();
  state_->take_parts(lock);
  lock.unlock();
  look_for_a_while([this] { return state_->unfinished == 0; });
  lock.lock();
  state_->changed.wait(lock, [this] { return state_->unfinished == 0; });
}

}  // namespace cairn::numbers
