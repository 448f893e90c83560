// From the integer graph to the job image of one core configuration.
#pragma once

#include "compiler/job.hpp"
#include "compiler/network.hpp"
#include "compiler/options.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::compiler {

/// Places the network on the core and writes its job. Deterministic: equal arguments, equal bytes.
/// Throws InputError, naming the layer, the bytes needed and the bytes available, if the core
/// cannot run a layer or a memory is too small.
Job compile(const Network& network, const npu::Mapping& mapping, const CompileOptions& options);

}  // namespace cairn::compiler
