// From a command of the job format to a layer.
#pragma once

#include <cstdint>
#include <string>

#include "job_format.hpp"
#include "models/npu/numbers/layer.hpp"

namespace cairn::npu {

/// Same values as npu.toml's error_code.
enum class ErrorCode : std::uint8_t {
  none,
  bad_command,
  ring_overrun,
  outside_memory,
  bus_error,
  aborted,
  unsupported,
  bad_list,
};

/// Why a job stopped. `address`: bus address, or a bit offset in the ring for an overrun.
struct Fault {
  ErrorCode code = ErrorCode::none;
  std::uint32_t address = 0;
  std::string reason;  ///< for the log; the guest sees the code
};

/// Fields that follow from a command; throws Fault with bad_command if a field is outside its range
/// or the fields contradict each other.
numbers::Layer layer_of(const job::Command& command);

}  // namespace cairn::npu
