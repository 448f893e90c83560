// A program's ways to the outside: its serial port and semihosting, as the options say.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "platform/console/console.hpp"
#include "platform/run/options.hpp"
#include "platform/run/session.hpp"
#include "platform/semihosting/semihosting.hpp"

namespace cairn::platform {

/// Outlives the machine that it is connected to.
class GuestIo {
 public:
  /// `uart` is where the serial port goes; without one `hooks.uart` stays what it is. `program` is
  /// the first word of the semihosted command line. Throws InputError.
  GuestIo(const RunOptions& options, const std::optional<UartOption>& uart,
          const std::string& program, MachineHooks& hooks, SessionContext& context);

  /// The machine made with these hooks.
  void connect(Machine& machine);
  /// After the run: all that was sent is out. Throws InputError if it cannot be.
  void finish();

 private:
  std::unique_ptr<Console> console_;
  std::optional<Semihosting> semihosting_;
};

}  // namespace cairn::platform
