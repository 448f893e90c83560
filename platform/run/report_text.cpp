// The table per layer with its total, and the summary below it.
#include <fmt/format.h>

#include <algorithm>

#include "platform/run/energy.hpp"
#include "platform/run/report.hpp"

namespace cairn::platform {

namespace {

/// 12345678 -> "12,345,678"
std::string grouped(std::uint64_t n) {
  const std::string digits = std::to_string(n);
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i != 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

double ratio(double a, double b) {
  return b == 0 ? 0 : a / b;
}

/// Averages per inference, so that rows do not depend on --count.
std::string row(const LayerStatistics& s, std::uint32_t inferences, std::uint64_t features_bits,
                std::size_t width) {
  const auto each = [&](std::uint64_t n) { return grouped(inferences == 0 ? 0 : n / inferences); };
  return fmt::format(
      "{:<{}}  {:<15}  {:>12}  {:>10}  {:>9}  {:>10}  {:>10}  {:>10}  {:>10}  {:>6.1f}%\n", s.name,
      width, s.op, each(s.macs), each(s.cycles), each(s.stalls()), each(s.feature_elements_read),
      each(s.feature_elements_written), each(s.weight_reads), each(s.dram_bytes),
      100 * ratio(static_cast<double>(s.peak_feature_bits), static_cast<double>(features_bits)));
}

std::string table(const Result& r) {
  LayerStatistics total = r.statistics.inferences();
  total.name = "total";
  std::size_t width = 5;
  for (const LayerStatistics& s : r.statistics.layers())
    width = std::max(width, s.name.size());
  std::string out =
      fmt::format("{:<{}}  {:<15}  {:>12}  {:>10}  {:>9}  {:>10}  {:>10}  {:>10}  {:>10}  {:>7}\n",
                  "layer", width, "operation", "MACs", "cycles", "stalled", "f. read", "f. written",
                  "w. words", "DRAM B", "ring");
  const std::size_t line = out.size() - 1;
  for (const LayerStatistics& s : r.statistics.layers())
    out += row(s, r.done, r.features_bits, width);
  out += std::string(line, '-') + "\n";
  out += row(total, r.done, r.features_bits, width);
  if (const LayerStatistics& s = r.statistics.setup(); s.runs != 0)
    out += fmt::format("once before: {} bits written into cells, {} cycles, {} B from DRAM\n",
                       grouped(s.array.cell_writes), grouped(s.cycles), grouped(s.dram_bytes));
  out += "per inference; f. = feature elements, ring = peak share of the feature SRAM\n";
  return out;
}

std::string energy_text(const Result& r) {
  RunEnergy energy = energy_of(r);
  energy.total = energy.inferences;
  const double all = energy.total_pj(), chip = energy.chip_pj();
  const auto seconds = static_cast<double>(r.statistics.busy_ps()) / 1e12;
  const double operations = 2.0 * static_cast<double>(r.statistics.total().macs);
  std::string parts;
  for (const npu::EnergyPart& part : energy.total)
    parts += fmt::format("{}{} {:.1f}%", parts.empty() ? "" : ", ", part.name,
                         100 * ratio(part.pj, all));
  return fmt::format(
      "{:.4g} uJ per inference ({}), {:.4g} mW, {:.3f} TOPS/W; without DRAM {:.4g} "
      "uJ, {:.4g} mW, {:.3f} TOPS/W\n",
      all / 1e6 / r.done, parts, all / 1e9 / seconds, ratio(operations, all), chip / 1e6 / r.done,
      chip / 1e9 / seconds, ratio(operations, chip));
}

std::string verdict(const Result& r) {
  std::string out;
  if (r.accuracy) out += fmt::format("accuracy {:.2f}%, ", 100 * *r.accuracy);
  if (r.exact_accuracy) out += fmt::format("in exact mode {:.2f}%, ", 100 * *r.exact_accuracy);
  const bool is_physical = r.mode == "physical";
  if (!r.mismatches)
    out += "not checked against the reference";
  else if (is_physical)
    out += fmt::format("{} of {} outputs differ from exact mode", grouped(*r.mismatches),
                       grouped(r.outputs.size()));
  else
    out += fmt::format("{} mismatches against the reference", *r.mismatches);
  return out;
}

}  // namespace

std::string time_text(std::uint64_t ps) {
  const auto value = static_cast<double>(ps);
  if (ps >= 1'000'000'000'000) return fmt::format("{:.4g} s", value / 1e12);
  if (ps >= 1'000'000'000) return fmt::format("{:.4g} ms", value / 1e9);
  if (ps >= 1'000'000) return fmt::format("{:.4g} us", value / 1e6);
  return fmt::format("{:.4g} ns", value / 1e3);
}

std::string report_text(const Result& r) {
  const double mips = ratio(static_cast<double>(r.instructions) / 1e6, r.simulation_seconds);
  const std::string host =
      fmt::format("simulated {} in {:.2f} s of host time, {} instructions ({:.1f} MIPS)",
                  time_text(r.sim_ps), r.host_seconds, grouped(r.instructions), mips);
  if (!r.has_network) return host + "\n";
  const LayerStatistics total = r.statistics.total();
  std::string out = table(r) + "\n";
  out += fmt::format("{} on core {}: {} of {} inputs ({}), {}\n", r.network, r.core, r.done,
                     r.count, r.data, verdict(r));
  for (const std::string& note : r.notes)
    out += fmt::format("note: {}\n", note);
  const std::uint64_t busy_ps = r.statistics.busy_ps();
  if (r.done != 0 && busy_ps != 0) {
    out += fmt::format("{} per inference, {:.1f} inferences/s, {:.4f} TOPS (first layer to last)\n",
                       time_text(busy_ps / r.done), r.done * 1e12 / static_cast<double>(busy_ps),
                       2.0 * static_cast<double>(total.macs) / static_cast<double>(busy_ps));
    out += energy_text(r);
  }
  if (total.overflows != 0)
    out += fmt::format("{} accumulators left int32 and were saturated\n", grouped(total.overflows));
  return out + host + "\n";
}

}  // namespace cairn::platform
