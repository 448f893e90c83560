// The list of configuration keys, block by block.
#include "platform/params/definitions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/cpu/hart_config.hpp"
#include "models/npu/mapping.hpp"

namespace cairn::platform {

namespace {

constexpr std::int64_t kMaxHz = 20'000'000'000;
constexpr std::int64_t kMaxLatencyNs = 1'000'000'000;
constexpr std::int64_t kMaxBytesPerSecond = 1'000'000'000'000'000;
constexpr std::int64_t kFeatureWindow = 0x80'0000, kWeightWindow = 0x40'0000;  // memory map

Parameter integer(std::string key, std::int64_t value, std::string unit, std::int64_t low,
                  std::int64_t high, std::string doc) {
  return {.key = std::move(key),
          .value = value,
          .unit = std::move(unit),
          .doc = std::move(doc),
          .low = low,
          .high = high,
          .choices = {},
          .is_assumed = true,
          .origin = {}};
}

Parameter clock(const std::string& block, std::int64_t hz) {
  return integer(block + ".clock_hz", hz, "Hz", 1000, kMaxHz, "Clock frequency");
}

Parameter flag(std::string key, std::string doc) {
  Parameter p = integer(std::move(key), 0, {}, 0, 0, std::move(doc));
  p.value = p.default_value = false;
  p.is_assumed = false;
  return p;
}

Parameter extension(const char* name, const char* doc) {
  return flag(fmt::format("soc.cpu0.{}", name), doc);
}

Parameter cycles(const char* instructions, std::int64_t value, const char* doc) {
  return integer(fmt::format("soc.cpu0.cycles.{}", instructions), value, "cycles", 1, 10'000, doc);
}

Parameter power_of_two(std::string key, std::int64_t value, std::string unit, std::int64_t low,
                       std::int64_t high, std::string doc) {
  Parameter p = integer(std::move(key), value, std::move(unit), low, high, std::move(doc));
  p.is_power_of_two = true;
  return p;
}

Parameter latency(const std::string& block, std::int64_t ns, const char* doc) {
  return integer(block + ".latency_ns", ns, "ns", 0, kMaxLatencyNs, doc);
}

Parameter bandwidth(const std::string& block, std::int64_t value) {
  return integer(block + ".bytes_per_second", value, "B/s", 1000, kMaxBytesPerSecond, "Bandwidth");
}

Parameter bus_bandwidth(std::int64_t value) {
  Parameter p = bandwidth("soc.bus", value);
  p.multiple_of = 16;  // bytes a cycle
  p.low = 16'000;
  p.doc = "Bandwidth of each target's port, 16 bytes a cycle";
  return p;
}

Parameter memory_size(const std::string& block, std::int64_t bytes, std::int64_t high,
                      const char* doc) {
  Parameter p = integer(block + ".bytes", bytes, "B", 4096, high, doc);
  p.multiple_of = 4096;
  return p;
}

Parameter choice(std::string key, std::vector<std::string> choices, std::string value,
                 std::string doc) {
  return {.key = std::move(key),
          .value = std::move(value),
          .unit = {},
          .doc = std::move(doc),
          .choices = std::move(choices),
          .is_assumed = false,
          .origin = {}};
}

/// A buffer, a delay or an error may be missing; a number of lanes or rows may not.
std::int64_t smallest(const npu::GeometryValue& value) {
  const bool may_be_missing = value.unit == "bytes" || value.unit == "ppm" ||
                              value.unit.starts_with("cycles") || value.unit.starts_with("LSB");
  return may_be_missing ? 0 : value.multiple_of;
}

Parameter geometry_parameter(const std::string& key, const npu::GeometryValue& v) {
  Parameter p = v.choices.empty() ? integer(key, v.value, v.unit, smallest(v), v.high, v.doc)
                                  : choice(key, v.choices,
                                           v.choices.at(static_cast<std::size_t>(v.value)), v.doc);
  p.multiple_of = v.multiple_of;
  p.is_assumed = v.assumed;
  return p;
}

}  // namespace

std::vector<Parameter> host_parameters() {
  const hart::CycleCosts costs;
  const hart::InstructionCacheConfig cache;
  return {
      clock("soc.cpu0", 400'000'000),
      integer("soc.cpu0.quantum_ns", 1'000'000, "ns", 1, 1'000'000'000,
              "Longest slice the hart runs ahead; results and times do not depend on it"),
      choice("soc.cpu0.engine", {"translator", "interpreter", "stepwise"}, "translator",
             "How the host executes firmware; results and times do not depend on it"),
      extension("float", "The F extension: single-precision floating point"),
      extension("bitmanip", "The Zba and Zbb extensions: bit manipulation"),
      cycles("alu", costs.alu, "Integer arithmetic and logic"),
      cycles("load", costs.load, "Load, apart from the memory's own time"),
      cycles("store", costs.store, "Store, apart from the memory's own time"),
      cycles("branch_taken", costs.branch_taken, "Conditional branch, taken"),
      cycles("branch_not_taken", costs.branch_not_taken, "Conditional branch, not taken"),
      cycles("jump", costs.jump, "Jump and call"),
      cycles("mul", costs.mul, "Multiplication"),
      cycles("div", costs.div, "Division and remainder"),
      cycles("csr", costs.csr, "Control and status registers, ecall, ebreak, mret and wfi"),
      cycles("amo", costs.amo, "Atomic memory operation, apart from the memory's own time"),
      cycles("fence", costs.fence, "fence and fence.i"),
      cycles("trap", costs.trap,
             "Entry into a trap handler, on top of the instruction that trapped"),
      cycles("fp", costs.fp, "Floating point, except loads, stores, division and square root"),
      cycles("fp_div", costs.fp_div, "Floating-point division and square root"),
      power_of_two("soc.cpu0.icache.lines", 256, "lines", 0, 65'536, "Instruction cache; 0: none"),
      power_of_two("soc.cpu0.icache.line_bytes", cache.line_bytes, "B", 4, 4096, "Size of a line"),
      power_of_two("soc.cpu0.icache.ways", cache.ways, "", 1, 64, "Associativity"),
      latency("soc.bus", 10, "From an initiator to a target and back"),
      bus_bandwidth(12'800'000'000),
      memory_size("soc.dram", 0x800'0000, 0x7000'0000, "Size of the main memory"),
      latency("soc.dram", 100, "First byte of a transaction"),
      bandwidth("soc.dram", 12'800'000'000),
      memory_size("soc.flash", 0x400'0000, 0x400'0000, "Size of the read-only memory"),
      latency("soc.flash", 100, "First byte of a transaction"),
      bandwidth("soc.flash", 400'000'000),
      integer("soc.power0.settle_ns", 10'000, "ns", 0, 1'000'000'000,
              "Standstill of an NPU's clock while it and its voltage change"),
      integer("soc.npus", 1, "", 1, kMaxNpus, "Neural accelerators: soc.npu0, soc.npu1, ..."),
      choice("compiler.loop_order", {"auto", "pixel-outer", "channel-outer"}, "auto",
             "Loop order of all layers, or chosen for each by estimated cycles and energy"),
  };
}

std::vector<Parameter> npu_core_parameter(std::int64_t npu) {
  std::vector<std::string> names;
  for (const npu::CoreEntry& core : npu::cores())
    names.emplace_back(core.name);
  return {choice(fmt::format("soc.npu{}.core", npu), names, names.front(),
                 "Accelerator core behind the NPU's registers; --core sets it for soc.npu0")};
}

std::vector<Parameter> npu_parameters(std::int64_t npu, const std::string& core) {
  const std::string block = fmt::format("soc.npu{}", npu);
  const auto entry = std::ranges::find(npu::cores(), core, &npu::CoreEntry::name);
  const npu::Geometry defaults = entry->defaults();

  Parameter features =
      integer(block + ".features.bytes", static_cast<std::int64_t>(defaults.feature_bits / 8), "B",
              64, kFeatureWindow, "Feature SRAM");
  Parameter weights = integer(block + ".weights.bytes", defaults.weight_bytes, "B", 64,
                              kWeightWindow, "Weight SRAM");
  features.multiple_of = weights.multiple_of = 8;
  const npu::OperatingPoint& point = entry->points.front();
  Parameter npu_clock = clock(block, static_cast<std::int64_t>(point.clock_hz));
  Parameter voltage =
      integer(block + ".millivolt", point.millivolt, "mV", 100, 10'000,
              "Supply voltage at the start, for the energy alone; power0 may change both");
  npu_clock.is_assumed = voltage.is_assumed = false;
  features.is_assumed = false;
  std::vector<Parameter> out{
      npu_clock,
      voltage,
      features,
      integer(block + ".features.banks", 4, "", 1, 64, "Banks of 64 bits, all accessible at once"),
      weights,
      integer(block + ".weights.banks", 8, "", 1, 64, "Banks of 64 bits, all accessible at once"),
      flag(block + ".reload",
           "Load weights into the array's cells tile by tile in every inference, instead of the "
           "whole network once; for cores that keep weights in cells"),
  };
  for (const npu::CoreEntry& c : npu::cores())
    for (const npu::GeometryValue& v : c.defaults().values)
      out.push_back(geometry_parameter(fmt::format("{}.{}.{}", block, c.name, v.key), v));
  return out;
}

}  // namespace cairn::platform
