#include "platform/gdb/soc_debugger.hpp"

#include <utility>

#include "platform/run/exit_status.hpp"

namespace cairn::platform::gdb {

SocDebugger::SocDebugger(Soc& soc, std::uint32_t entry, std::uint32_t a1,
                         std::vector<AddressRange> map, const Options& options, std::ostream& log)
    : target_(soc, entry, a1),
      monitor_(target_, std::move(map)),
      server_(
          target_, options,
          [this](std::string_view command) {
            if (command.starts_with("reset")) ended_at_.reset();
            return monitor_.run(command);
          },
          log) {}

bool SocDebugger::holds_at(End end, std::string_view why) {
  if (end == End::kFinisher || end == End::kInterrupted || !server_.has_debugger()) return false;
  if (ended_at_ == target_.instructions() || (ended_at_ && end == End::kTimeout)) return false;
  target_.hold_now();
  if (!target_.is_held()) return false;  // the firmware ended the simulation meanwhile
  ended_at_ = target_.instructions();
  const Signal signal = end == End::kHalted ? target_.reason().signal : Signal::kTrap;
  server_.held_at_end(signal, why);
  return true;
}

void SocDebugger::ended(End end, std::uint32_t code) {
  const int failed = end == End::kInterrupted ? kExitInterrupted : kExitSystemFailed;
  server_.ended(end == End::kFinisher ? code : static_cast<std::uint32_t>(failed));
}

}  // namespace cairn::platform::gdb
