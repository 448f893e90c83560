// The JSON document of a run.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/run/energy.hpp"
#include "platform/run/report.hpp"

namespace cairn::platform {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostJsonFrames = 100;

double ratio(double a, double b) {
  return b == 0 ? 0 : a / b;
}

std::string_view name_of(End end) {
  switch (end) {
    case End::kFinisher:
      return "finisher";
    case End::kDeadlock:
      return "deadlock";
    case End::kHalted:
      return "halted";
    case End::kTimeout:
      return "timeout";
    case End::kInterrupted:
      break;
  }
  return "interrupted";
}

/// `inferences`: what the sums are divided by; 1 for totals.
Json json_of(const LayerStatistics& s, std::uint64_t features_bits, std::uint64_t inferences = 1) {
  const auto share = [inferences](std::uint64_t n) {
    return inferences == 1 ? Json(n)
                           : Json(ratio(static_cast<double>(n), static_cast<double>(inferences)));
  };
  Json stalls;
  for (std::size_t i = 0; i < kStallCauses; ++i)
    stalls[std::string(platform::name_of(static_cast<Stall>(i)))] = share(s.stall_cycles[i]);
  return {{"macs", share(s.macs)},
          {"macs_skipped", share(s.macs_skipped)},
          {"cycles", share(s.cycles)},
          {"stall_cycles", std::move(stalls)},
          {"feature_reads", share(s.feature_reads)},
          {"feature_writes", share(s.feature_writes)},
          {"feature_elements_read", share(s.feature_elements_read)},
          {"feature_elements_written", share(s.feature_elements_written)},
          {"weight_reads", share(s.weight_reads)},
          {"buffer_reads", share(s.buffer_reads)},
          {"buffer_writes", share(s.buffer_writes)},
          {"buffer_elements_read", share(s.buffer_elements_read)},
          {"buffer_elements_written", share(s.buffer_elements_written)},
          {"dram_bytes", share(s.dram_bytes)},
          {"dma_bytes",
           {{"features_read", share(s.dma_bytes.features_read)},
            {"features_written", share(s.dma_bytes.features_written)},
            {"weights_written", share(s.dma_bytes.weights_written)},
            {"buffer_read", share(s.dma_bytes.buffer_read)},
            {"buffer_written", share(s.dma_bytes.buffer_written)}}},
          {"overflows", share(s.overflows)},
          {"searches", share(s.array.searches)},
          {"accumulations", share(s.array.accumulations)},
          {"matches", share(s.array.matches)},
          {"multiplications", share(s.array.multiplications)},
          {"loads", share(s.array.loads)},
          {"evaluations", share(s.array.evaluations)},
          {"rows", share(s.array.rows)},
          {"conversions", share(s.array.conversions)},
          {"cell_writes", share(s.array.cell_writes)},
          {"peak_feature_bits", s.peak_feature_bits},
          {"ocmu",
           ratio(static_cast<double>(s.peak_feature_bits), static_cast<double>(features_bits))}};
}

Json json_of(const LayerOperands& o) {
  return {{"in_bits", o.in_bits},      {"weight_bits", o.weight_bits},
          {"out_bits", o.out_bits},    {"in_channels", o.in_channels},
          {"in_masked", o.in_masked},  {"out_channels", o.out_channels},
          {"out_masked", o.out_masked}};
}

Json json_of(const std::vector<npu::EnergyPart>& parts, double inferences = 1) {
  Json out;
  for (const npu::EnergyPart& part : parts)
    out[part.name] = part.pj / inferences;
  return out;
}

Json end_of(const Result& r) {
  Json end{{"exit_status", r.exit_status()}, {"reason", name_of(r.outcome.end)}};
  if (r.outcome.end == End::kFinisher) end["finisher_code"] = r.outcome.finisher_code;
  if (const std::string why = failure_text(r); !why.empty()) end["message"] = why;
  if (r.has_network) {
    end["firmware_result"] = bootinfo::name_of(static_cast<bootinfo::Result>(r.info.result));
    if (r.info.result != static_cast<std::uint32_t>(bootinfo::Result::kOk)) {
      end["error_code"] = r.info.error_code;
      end["error_index"] = r.info.error_index;
      end["error_address"] = r.info.error_address;
    }
  }
  if (r.outcome.end != End::kFinisher) {
    end["pc"] = r.outcome.cpu.pc;
    end["waiting"] = r.outcome.waiting;
  }
  return end;
}

Json failure_of(const Failure& failure) {
  Json out{{"reason", failure.reason}, {"pc", failure.registers.pc}};
  if (const BacktraceFrame* const frame = failure.known_frame()) {
    out["function"] = frame->function;
    if (!frame->source.empty()) out["source"] = frame->source;
  }
  if (failure.fault) {
    out["mcause"] = failure.fault->mcause;
    out["mtval"] = failure.fault->mtval;
  }
  Json& frames = out["backtrace"] = Json::array();
  for (const BacktraceFrame& f : failure.backtrace) {
    if (frames.size() == kMostJsonFrames) break;
    Json frame{{"pc", f.pc}, {"function", f.function}};
    if (!f.source.empty()) frame["source"] = f.source;
    if (f.kind == BacktraceFrame::Kind::kGuessed) frame["guessed"] = true;
    if (f.kind == BacktraceFrame::Kind::kInterrupted) frame["trap"] = f.trap;
    frames.push_back(std::move(frame));
  }
  return out;
}

/// Power and efficiency of the inferences, without the set-up.
void add_energy(RunEnergy energy, const Result& r, Json& out) {
  energy.total = energy.inferences;
  const double seconds = static_cast<double>(r.statistics.busy_ps()) / 1e12;
  const double chip = energy.chip_pj() / 1e12, all = energy.total_pj() / 1e12;
  const double operations = 2.0 * static_cast<double>(r.statistics.total().macs);
  out["power_w"] = ratio(all, seconds);
  out["chip_power_w"] = ratio(chip, seconds);
  out["tops_per_w"] = ratio(operations / 1e12, all);
  out["chip_tops_per_w"] = ratio(operations / 1e12, chip);
  out["area_mm2"] = r.energy_table.area_mm2();
}

/// Clock and voltage at the start, and each change of them.
Json operating_points(const Result& r) {
  Json points = Json::array(
      {{{"sim_seconds", 0.0}, {"clock_hz", r.npu_clock_hz}, {"millivolt", r.npu_millivolt}}});
  for (const PointRecord& p : r.statistics.changes())
    points.push_back({{"sim_seconds", static_cast<double>(p.time_ps) / 1e12},
                      {"clock_hz", p.clock_hz},
                      {"millivolt", p.millivolt}});
  return points;
}

void add_network(const Result& r, Json& out) {
  const LayerStatistics total = r.statistics.total();
  const RunEnergy energy = energy_of(r);
  const auto busy = static_cast<double>(r.statistics.busy_ps());
  out["cycles"] = total.cycles;
  Json layers = Json::array();
  for (std::size_t i = 0; i < r.statistics.layers().size(); ++i) {
    const LayerStatistics& s = r.statistics.layers()[i];
    Json layer{{"name", s.name}, {"op", s.op}, {"operands", json_of(s.operands)}};
    layer.update(json_of(s, r.features_bits));
    layer["energy_pj"] = json_of(energy.layers[i]);
    layers.push_back(std::move(layer));
  }
  out["layers"] = std::move(layers);
  out["totals"] = json_of(total, r.features_bits);
  out["totals"]["energy_pj"] = json_of(energy.total);
  if (r.statistics.setup().runs != 0) out["setup"] = json_of(r.statistics.setup(), r.features_bits);
  if (r.done != 0) {
    out["per_inference"] = json_of(r.statistics.inferences(), r.features_bits, r.done);
    out["per_inference"]["energy_pj"] = json_of(energy.inferences, r.done);
    out["per_inference"]["sim_seconds"] = busy / 1e12 / r.done;
  }
  out["memory"] = {{"features_bits", r.features_bits},
                   {"features_needed_bits", r.features_needed_bits},
                   {"weights_bits", r.weights_bits}};
  out["npu_clock_hz"] = r.npu_clock_hz;
  out["operating_points"] = operating_points(r);
  out["inference_seconds"] = busy / 1e12;  // first layer's start to last layer's end, all inputs
  out["tops"] = ratio(2.0 * static_cast<double>(total.macs), busy);
  add_energy(energy, r, out);
}

}  // namespace

std::string report_json(const Result& r) {
  Json out{{"schema_version", kJsonSchemaVersion}, {"command", r.command}};
  if (r.has_network) {
    out["network"] = r.network;
    out["core"] = r.core;
    out["mode"] = r.mode;
    out["schedule"] = r.schedule;
    out["data"] = r.data;
    out["notes"] = r.notes;
    out["count"] = r.count;
    out["done"] = r.done;
    out["seed"] = r.seed;
    out["firmware"] = {{"file", r.firmware}, {"crc32", fmt::format("{:08x}", r.firmware_crc32)}};
    if (r.accuracy) out["accuracy"] = *r.accuracy;
    if (r.exact_accuracy) out["exact_accuracy"] = *r.exact_accuracy;
    if (r.mismatches) out["mismatches"] = *r.mismatches;
  } else {
    out["program"] = r.network;
  }
  out["end"] = end_of(r);
  if (r.failure) out["failure"] = failure_of(*r.failure);
  out["sim_seconds"] = static_cast<double>(r.sim_ps) / 1e12;
  out["host_seconds"] = r.host_seconds;
  out["host_seconds_simulation"] = r.simulation_seconds;
  out["host_seconds_npu"] = r.npu_seconds;
  out["instructions"] = r.instructions;
  out["cpu_cycles"] = r.outcome.cpu_cycles;
  out["mips"] = ratio(static_cast<double>(r.instructions) / 1e6, r.simulation_seconds);
  if (r.has_network) add_network(r, out);
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cairn::platform
