// The socket that one debugger at a time talks through.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cairn::platform::gdb {

/// Listens on 127.0.0.1. Nothing here blocks, except wait().
class Connection {
 public:
  /// Port 0: any free one. Throws InputError if nobody can listen there.
  explicit Connection(std::uint16_t port);
  ~Connection();

  std::uint16_t port() const;

  /// Lets a debugger in, receives and sends what is ready. Others than the first are told that they
  /// are refused. One that went away or does not take what was sent to it is gone afterwards.
  void poll();
  /// Sleeps until there is something to poll, a signal comes or `longest` is over; polls.
  void wait(std::chrono::milliseconds longest);

  bool has_client() const;
  /// Grows by one with each debugger that came in.
  unsigned clients() const;
  /// Received and not taken yet; moves it to the caller. Also what one that is gone sent before.
  std::string take();
  void send(std::string_view bytes);
  /// Sends what was accepted by send(), if it can be done soon, and hangs up.
  void close();

 private:
  struct Sockets;
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace cairn::platform::gdb
