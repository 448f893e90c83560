// A debugger at the SoC: what the loop that runs the simulation needs of it.
#pragma once

#include <functional>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

#include "platform/gdb/monitor.hpp"
#include "platform/gdb/server.hpp"
#include "platform/gdb/soc_target.hpp"
#include "platform/machine.hpp"

namespace cairn::platform::gdb {

class SocDebugger {
 public:
  /// Before the simulation, with the start that cpu0 was given. Throws InputError.
  SocDebugger(Soc& soc, std::uint32_t entry, std::uint32_t a1, std::vector<AddressRange> map,
              const Options& options, std::ostream& log);

  /// See Server::attend.
  [[nodiscard]] bool attend(const std::function<bool()>& must_end) {
    return server_.attend(must_end);
  }
  /// Whether a debugger wants to look at the system before it ends so: it is held then. Once: a
  /// system that was released and executed nothing since has ended.
  bool holds_at(End end, std::string_view why);
  /// `code` is the finisher's.
  void ended(End end, std::uint32_t code);

 private:
  SocTarget target_;
  Monitor monitor_;
  Server server_;
  std::optional<std::uint64_t> ended_at_;  // instructions
};

}  // namespace cairn::platform::gdb
