// From parameters to the typed values that the wiring reads.
#include "platform/machine_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "platform/params/parameters.hpp"

namespace cairn::platform {

namespace {

std::uint64_t count(const Parameters& p, std::string_view key) {
  return static_cast<std::uint64_t>(p.integer(key));
}

MemoryConfig memory(const Parameters& p, const std::string& block) {
  return {p.word(block + ".bytes"), count(p, block + ".latency_ns"),
          count(p, block + ".bytes_per_second")};
}

hart::Engine engine(const std::string& name) {
  if (name == "stepwise") return hart::Engine::kStepwise;
  return name == "interpreter" ? hart::Engine::kInterpreter : hart::Engine::kTranslator;
}

hart::HartConfig hart_config(const Parameters& p) {
  const auto cost = [&p](const char* name) {
    return p.word(fmt::format("soc.cpu0.cycles.{}", name));
  };
  return {.hart_id = 0,
          .engine = engine(p.text("soc.cpu0.engine")),
          .extensions = {.has_float = p.flag("soc.cpu0.float"),
                         .has_bitmanip = p.flag("soc.cpu0.bitmanip")},
          .costs = {.alu = cost("alu"),
                    .load = cost("load"),
                    .store = cost("store"),
                    .branch_taken = cost("branch_taken"),
                    .branch_not_taken = cost("branch_not_taken"),
                    .jump = cost("jump"),
                    .mul = cost("mul"),
                    .div = cost("div"),
                    .csr = cost("csr"),
                    .amo = cost("amo"),
                    .fence = cost("fence"),
                    .trap = cost("trap"),
                    .fp = cost("fp"),
                    .fp_div = cost("fp_div")},
          .instruction_cache = {.lines = p.word("soc.cpu0.icache.lines"),
                                .line_bytes = p.word("soc.cpu0.icache.line_bytes"),
                                .ways = p.word("soc.cpu0.icache.ways")}};
}

npu::LoopOrder loop_order(const Parameters& p) {
  const std::string name = p.text("compiler.loop_order");
  if (name == "pixel-outer") return npu::LoopOrder::pixel_outer;
  return name == "channel-outer" ? npu::LoopOrder::channel_outer : npu::LoopOrder::automatic;
}

/// Of a choice its number.
std::int64_t value_of(const Parameters& p, const std::string& key, const npu::GeometryValue& v) {
  return v.choices.empty() ? p.integer(key)
                           : std::ranges::find(v.choices, p.text(key)) - v.choices.begin();
}

NpuConfig npu_config(const Parameters& p, const std::string& block) {
  NpuConfig npu{.core = p.text(block + ".core"),
                .points = {},
                .geometry = {},
                .feature_banks = p.word(block + ".features.banks"),
                .weight_banks = p.word(block + ".weights.banks")};
  const auto core = std::ranges::find(npu::cores(), npu.core, &npu::CoreEntry::name);
  npu.points = core->points;
  const npu::OperatingPoint configured{count(p, block + ".clock_hz"), p.word(block + ".millivolt"),
                                       "configuration"};
  const auto same = std::ranges::find_if(npu.points, [&](const npu::OperatingPoint& point) {
    return point.clock_hz == configured.clock_hz && point.millivolt == configured.millivolt;
  });
  npu.first_point = static_cast<std::size_t>(same - npu.points.begin());
  if (same == npu.points.end()) npu.points.push_back(configured);
  npu.geometry = core->defaults();
  npu.geometry.feature_bits = count(p, block + ".features.bytes") * 8;
  npu.geometry.weight_bytes = p.word(block + ".weights.bytes");
  npu.geometry.reload = p.flag(block + ".reload");
  for (const npu::GeometryValue& v : std::vector(npu.geometry.values))
    npu.geometry.set(v.key, value_of(p, fmt::format("{}.{}.{}", block, npu.core, v.key), v));
  return npu;
}

}  // namespace

MachineConfig machine_config(const Parameters& p) {
  MachineConfig config{
      .cpu0 = {count(p, "soc.cpu0.clock_hz"), count(p, "soc.cpu0.quantum_ns"), hart_config(p)},
      .bus = {count(p, "soc.bus.latency_ns"), count(p, "soc.bus.bytes_per_second")},
      .dram = memory(p, "soc.dram"),
      .flash = memory(p, "soc.flash"),
      .power0 = {count(p, "soc.power0.settle_ns")},
      .npus = {},
      .compiler = {loop_order(p)}};
  for (std::int64_t n = 0; n < p.integer("soc.npus"); ++n)
    config.npus.push_back(npu_config(p, fmt::format("soc.npu{}", n)));
  return config;
}

}  // namespace cairn::platform
