// Everything known at the end of one run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bootinfo_format.hpp"
#include "models/npu/energy.hpp"
#include "platform/machine.hpp"
#include "platform/run/failure.hpp"
#include "platform/run/statistics.hpp"

namespace cairn::platform {

struct Result {
  std::string command;  ///< "run" or "boot"
  std::string network;  ///< `boot`: the program
  std::string core, mode, schedule, data;
  std::string firmware;  ///< the ELF file
  std::uint32_t firmware_crc32 = 0;
  std::vector<std::string> notes;  ///< of the network: compiler::Network::notes
  std::uint64_t seed = 1;
  std::uint32_t count = 0;  ///< inputs asked for
  std::uint32_t done = 0;   ///< inputs that the firmware finished

  Outcome outcome;
  std::optional<Failure> failure;  ///< empty if the firmware ended the run itself
  std::uint64_t sim_ps = 0, instructions = 0;
  double simulation_seconds = 0;  ///< host time inside the simulation
  double host_seconds = 0;        ///< host time of the whole process
  double npu_seconds = 0;         ///< host time in the NPUs' kernels

  bool has_network = false;  ///< the members below are filled
  bootinfo::Bootinfo info{};
  Statistics statistics;
  std::uint64_t npu_clock_hz = 0, features_bits = 0, weights_bits = 0;
  std::uint32_t npu_millivolt = 0;  ///< at the start, like the clock; Statistics knows the changes
  std::uint64_t features_needed_bits = 0;  ///< by the schedule's rings or buffers; 0: not known
  npu::EnergyTable energy_table;
  std::vector<std::int32_t> outputs;  ///< [done][outputs_per_input]
  std::size_t outputs_per_input = 0;
  std::optional<std::uint64_t> mismatches;  ///< differing outputs; empty: not checked
  std::optional<double> accuracy;           ///< 0 to 1; empty: no labels
  std::optional<double> exact_accuracy;     ///< the reference's, of a checked run in physical mode

  /// The program's exit status: see exit_status.hpp.
  int exit_status() const;
};

/// Share of inputs whose largest output is at the index that the label names.
double accuracy_of(const std::vector<std::int32_t>& outputs, std::size_t outputs_per_input,
                   const std::vector<std::int64_t>& labels);

/// bootinfo::Result in words: "the job was built for another core ...".
std::string describe(const bootinfo::Bootinfo& info);

}  // namespace cairn::platform
