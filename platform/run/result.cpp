// Everything known at the end of one run.
#include "platform/run/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "platform/run/exit_status.hpp"

namespace cairn::platform {

int Result::exit_status() const {
  switch (outcome.end) {
    case End::kDeadlock:
    case End::kHalted:
    case End::kTimeout:
      return kExitSystemFailed;
    case End::kInterrupted:
      return kExitInterrupted;
    case End::kFinisher:
      break;
  }
  // In physical mode outputs differ: that is what the mode is for.
  const bool is_wrong =
      (mode != "physical" && mismatches.value_or(0) != 0) || (has_network && done != count);
  return outcome.finisher_code != 0 || is_wrong ? kExitFirmwareFailed : kExitOk;
}

double accuracy_of(const std::vector<std::int32_t>& outputs, std::size_t outputs_per_input,
                   const std::vector<std::int64_t>& labels) {
  const std::size_t count = outputs_per_input == 0 ? 0 : outputs.size() / outputs_per_input;
  std::size_t right = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(outputs).subspan(i * outputs_per_input, outputs_per_input);
    right += std::ranges::max_element(row) - row.begin() == labels[i] ? 1 : 0;
  }
  return count == 0 ? 0 : static_cast<double>(right) / static_cast<double>(count);
}

std::string describe(const bootinfo::Bootinfo& info) {
  const auto where = fmt::format(" (error code {}, entry {}, address {:#010x})", info.error_code,
                                 info.error_index, info.error_address);
  switch (static_cast<bootinfo::Result>(info.result)) {
    case bootinfo::Result::kNone:
      return "the firmware did not report a result";
    case bootinfo::Result::kOk:
      return "all inputs were processed";
    case bootinfo::Result::kBadBootinfo:
      return "the firmware does not understand the boot information";
    case bootinfo::Result::kBadJob:
      return "the job image is damaged (magic, size or CRC)";
    case bootinfo::Result::kUnsupportedJob:
      return "the job image has a version that the driver does not know";
    case bootinfo::Result::kWrongCore:
      return "the job was built for another core or another configuration of it";
    case bootinfo::Result::kNpuError:
      return "the NPU reported an error" + where;
    case bootinfo::Result::kDmaError:
      return "the DMA reported an error" + where;
    case bootinfo::Result::kDriverError:
      return "a driver call failed" + where;
  }
  return fmt::format("the firmware reported the unknown result {}", info.result);
}

}  // namespace cairn::platform
