// Every value that the wiring needs, typed. Made from the parameters (params/), read by the wiring.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/cpu/hart_config.hpp"
#include "models/npu/arithmetic.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::platform {

struct CpuConfig {
  std::uint64_t clock_hz = 0;
  std::uint64_t quantum_ns = 0;  ///< longest slice without synchronisation
  hart::HartConfig hart;         ///< cycle costs and instruction cache
};

struct BusConfig {
  std::uint64_t latency_ns = 0;
  std::uint64_t bytes_per_second = 0;
};

struct MemoryConfig {
  std::uint32_t bytes = 0;
  std::uint64_t latency_ns = 0;
  std::uint64_t bytes_per_second = 0;
};

struct NpuConfig {
  std::string core;                         ///< as npu::cores() names it
  std::vector<npu::OperatingPoint> points;  ///< the core's, and the configured one if it is another
  std::size_t first_point = 0;              ///< the configured one
  npu::Geometry geometry;                   ///< sizes of the SRAMs included
  std::uint32_t feature_banks = 0, weight_banks = 0;  ///< 64 bits each
  npu::Arithmetic arithmetic{};                       ///< of --mode and --seed

  /// At the start.
  const npu::OperatingPoint& point() const { return points.at(first_point); }
};

/// How networks are compiled; no part of the machine.
struct CompilerConfig {
  npu::LoopOrder loop_order = npu::LoopOrder::automatic;
};

/// The power controller.
struct PowerConfig {
  std::uint64_t settle_ns = 0;  ///< a clock's standstill while it and its voltage change
};

struct MachineConfig {
  CpuConfig cpu0;
  BusConfig bus;
  MemoryConfig dram, flash;
  PowerConfig power0;
  std::vector<NpuConfig> npus;  ///< npus[n] is soc.npuN
  CompilerConfig compiler;
};

}  // namespace cairn::platform
