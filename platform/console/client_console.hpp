// The serial port for clients that come and go.
#pragma once

#include <deque>
#include <string>

#include "platform/console/console.hpp"

namespace cairn::platform {

/// One client at a time. What is sent while nobody is there is kept, the last 64 KiB of it, for the
/// next client; a client that is there loses nothing: when it reads too slowly, the simulation
/// waits for it.
class ClientConsole : public Console {
 public:
  explicit ClientConsole(const std::atomic<bool>& interrupted) : interrupted_(interrupted) {}

  void transmit(char byte) override;
  std::optional<std::uint8_t> receive() override;
  void finish() override;
  void poll() override;
  bool is_open() const override { return true; }
  int descriptor() const override;

 protected:
  /// What came of an attempt to move bytes.
  struct Moved {
    std::size_t bytes = 0;
    bool gone = false;  ///< the client has left
  };

  /// Welcomes and turns away, without blocking; true: a client is there.
  virtual bool look_for_client() = 0;
  virtual Moved read_some(char* to, std::size_t bytes) = 0;
  virtual Moved write_some(const char* from, std::size_t bytes) = 0;
  virtual void drop_client() = 0;
  /// Readable with input while a client is there, else with the next client; -1: there is none.
  virtual int stream() const = 0;
  /// Everything was written: waits, not for long, until it has also arrived.
  virtual void drain() {}

  bool interrupted() const { return interrupted_; }

 private:
  void write_backlog();
  void read_input();
  void wait_until_writable() const;

  const std::atomic<bool>& interrupted_;
  bool has_client_ = false;
  std::string backlog_;  // sent, not yet written
  std::deque<std::uint8_t> received_;
};

}  // namespace cairn::platform
