// Serves one debugger after the other while a simulation runs.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string_view>

#include "platform/gdb/connection.hpp"
#include "platform/gdb/options.hpp"
#include "platform/gdb/packet.hpp"
#include "platform/gdb/session.hpp"
#include "platform/gdb/target.hpp"

namespace cairn::platform::gdb {

/// The first packet of a debugger holds the target; a connection alone, or noise, does not. One
/// that detaches lets the target run on. One that vanishes while the target runs is detached; one
/// that vanishes while it is held leaves it held for the next.
class Server {
 public:
  /// Listens, and says so in `log`. Throws InputError.
  Server(Target& target, const Options& options, Session::Monitor monitor, std::ostream& log);

  /// Call between slices of the simulation: costs nothing to speak of while the target runs. While
  /// it is held, comes back when the debugger has released it. False: the simulation has to end,
  /// because the debugger killed it or `must_end`, asked now and then, says so.
  [[nodiscard]] bool attend(const std::function<bool()>& must_end);

  bool has_debugger() const { return session_.has_value(); }
  /// The simulation cannot go on: the target was held for that, and `why` says it to the user.
  void held_at_end(Signal signal, std::string_view why);
  /// The simulation is over, with the program's exit status.
  void ended(unsigned status);

 private:
  void receive();
  void lose_client();
  void report_stop();
  void take_message();
  void execute(const Answer& answer);
  void send(std::string_view data);

  Target& target_;
  Session::Monitor monitor_;
  std::ostream& log_;
  Connection connection_;
  std::optional<Session> session_;
  unsigned client_ = 0;  // Connection::clients() of the session
  PacketReader reader_;
  std::deque<Message> messages_;
  std::string last_sent_;
  bool awaits_stop_ = false;   // the debugger resumed the target
  bool was_answered_ = false;  // the debugger, at least once
  bool stays_held_ = false;    // though there is no debugger
  bool was_killed_ = false;
  std::chrono::steady_clock::time_point next_poll_{};
};

}  // namespace cairn::platform::gdb
