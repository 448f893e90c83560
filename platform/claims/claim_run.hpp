// One `cairn run` that claims are measured on, and what came of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/children/child_runs.hpp"

namespace cairn::platform {

/// Claims that name an equal run share it.
struct ClaimRun {
  std::string command = "run";  ///< or "linearity", which has no network
  std::string network, schedule;
  std::vector<std::string> sets{};     ///< key=value, the later wins
  bool is_checked = false;             ///< against the reference kernels
  bool is_refused = false;             ///< expected: exit status 2 with a reason
  std::vector<std::string> configs{};  ///< files of parameters, before `sets`
  std::string core{};                  ///< empty: what the parameters say
  std::uint32_t count = 1;             ///< inputs
  std::string input{};                 ///< a file below the program's home; empty: the network's

  std::string mode{};  ///< empty: exact

  bool operator==(const ClaimRun&) const = default;
  /// After the program's name, up to where the results go.
  std::vector<std::string> arguments() const;
};

/// Sums over the layers of a report. They throw nlohmann::json::exception if a key is missing.
namespace figures {

/// Elements of features that the convolutions read and write; of a first convolution that is
/// streamed those that it reads from the buffer, which are the image. Partial sums count.
double convolution_accesses(const RunRecord& run);
/// Cycles in which the array computes: all but the stalls and the drain.
double array_busy_cycles(const RunRecord& run);
double peak_feature_bytes(const RunRecord& run);
/// The smallest feature memory that takes the network with this schedule.
double needed_feature_bytes(const RunRecord& run);
/// Mean over the layers of peak live bits / bits of the feature memory.
double memory_utilisation(const RunRecord& run);
double inference_seconds(const RunRecord& run);
double dram_megabytes(const RunRecord& run);
/// Throws ClaimFailure if there is no layer of that name.
const nlohmann::json& layer(const RunRecord& run, std::string_view name);
/// Operations per second of one layer, in 10^12; a MAC is two.
double layer_tops(const RunRecord& run, std::string_view name);
/// Energy of one layer without DRAM.
double layer_chip_pj(const RunRecord& run, std::string_view name);

}  // namespace figures

/// "8a/8w: conv1; 4a/3w: conv2.1.a, ...": bits of features and weights, by layer.
std::string bit_table(const RunRecord& run);
/// "0.875 (56 of 64): conv1; ...": output channels that a mask leaves, by layer.
std::string keep_table(const RunRecord& run);

}  // namespace cairn::platform
