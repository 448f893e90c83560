// Threads that stay: what one layer is shared among.
#pragma once

#include <functional>
#include <memory>

namespace cairn::numbers {

/// Results never depend on the number of threads. May be used from several threads at once: whoever
/// finds the workers busy does its parts alone.
class Workers {
 public:
  /// `threads`: the caller's own included, 1 or more.
  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  int threads() const;
  /// Calls part(0) to part(parts - 1), each once and from any thread, and returns when all are
  /// done. `part` throws nothing.
  void run(int parts, const std::function<void(int)>& part);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Calls part(0) to part(parts - 1), by `workers` if there are any.
inline void run_parts(Workers* workers, int parts, const std::function<void(int)>& part) {
  if (workers != nullptr && parts > 1) return workers->run(parts, part);
  for (int i = 0; i < parts; ++i)
    part(i);
}

}  // namespace cairn::numbers
