// What one `run` computes: the network, its job for the configured core, its inputs and labels.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/job.hpp"
#include "compiler/network.hpp"
#include "platform/machine_config.hpp"
#include "platform/run/options.hpp"
#include "platform/run/samples.hpp"

namespace cairn::platform {

struct Workload {
  std::string name;
  compiler::Network
      network;  ///< of a job file: only the input and the last layer's output, no weights
  bool has_reference = true;  ///< false for a job file: nothing to check against
  compiler::Job job;
  Samples samples;
  std::string data;                  ///< where the inputs come from, for people
  std::vector<std::int64_t> labels;  ///< empty, or one per sample
  std::vector<std::string> classes;  ///< may be empty
};

/// Finds and compiles the network, reads its data. Throws InputError.
Workload make_workload(const RunOptions& options, const MachineConfig& config);

/// The network of NETWORK on the command line: a shipped name or a model file. Throws InputError.
compiler::Network find_network(const std::string& name);

/// Compiles for the core of soc.npu0. An empty schedule is the core's first one. Throws InputError.
compiler::Job compile_for(const compiler::Network& network, const std::string& schedule,
                          const MachineConfig& config);

}  // namespace cairn::platform
