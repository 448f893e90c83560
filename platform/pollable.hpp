// What brings input from outside into a simulation, looked at between its slices.
#pragma once

namespace cairn::platform {

/// A terminal, a socket. Called only while the simulation is paused.
class Pollable {
 public:
  virtual ~Pollable() = default;

  /// Moves what is ready, in both directions, without blocking.
  virtual void poll() = 0;
  /// Input may still come. A machine that sleeps with nothing pending then waits for it.
  virtual bool is_open() const = 0;
  /// A file descriptor that becomes readable with the next input; -1: none at present, so poll()
  /// has to be called now and then.
  virtual int descriptor() const = 0;
  /// The user has asked for the end of the run.
  virtual bool wants_end() const { return false; }
};

}  // namespace cairn::platform
