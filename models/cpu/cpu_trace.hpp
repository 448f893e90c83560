// What a CPU shows in the waves. Changes only at calls, returns, traps, device accesses and WFI.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "models/cpu/cpu_clock.hpp"
#include "models/cpu/hart_observer.hpp"
#include "models/kit/trace.hpp"

namespace cairn {

enum class CpuState { kRun, kWfi, kHalted };

/// Construct it as a member of the CPU, so that the channels become the CPU's children.
class CpuTrace final : public hart::HartObserver {
 public:
  /// Names the function around an address; empty if unknown.
  std::function<std::string_view(std::uint32_t)> symbol;

  explicit CpuTrace(const CpuClock& clock) : clock_(clock) {}

  bool on() const { return pc_.on() || function_.on() || trap_.on(); }

  /// The instruction at `pc` starts a device access or WFI, or stops the hart.
  void reached(std::uint32_t pc, std::uint64_t cycle);
  void entered(CpuState state, std::uint64_t cycle) { state_.set(state, clock_.time_of(cycle)); }

  void called(std::uint32_t target, std::uint64_t cycle) override;
  void trapped(std::uint32_t cause, std::uint32_t value, std::uint32_t pc, std::uint32_t handler,
               std::uint64_t cycle) override;
  void returned(std::uint32_t target, std::uint64_t cycle) override;

 private:
  static constexpr const char* kStateNames[] = {"run", "wfi", "halted"};

  const CpuClock& clock_;
  kit::trace::Vector pc_{"pc", 32, {.format = kit::trace::Format::kHexadecimal}};
  kit::trace::Text function_{"function"};
  kit::trace::Enumeration state_{"state", kStateNames};
  kit::trace::Text trap_{"trap"};
};

}  // namespace cairn
