// What one `run` computes.
#include "platform/run/workload.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "compiler/compile.hpp"
#include "compiler/load.hpp"
#include "models/kit/input_error.hpp"
#include "platform/data/read_data.hpp"
#include "platform/networks/shipped.hpp"
#include "platform/run/job_file.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kCalibrationSamples =
    16;  ///< first inputs, on which converters are calibrated

/// A shipped network, or the one that a description file of the user's names.
std::optional<ShippedNetwork> find_shipped(const std::string& name) {
  if (fs::path(name).extension() == ".toml" && fs::is_regular_file(name)) return read_shipped(name);
  for (ShippedNetwork& network : shipped_networks())
    if (network.name == name) return std::move(network);
  return std::nullopt;
}

[[noreturn]] void refuse_name(const std::string& name) {
  std::vector<std::string> names;
  for (const ShippedNetwork& network : shipped_networks())
    names.push_back(network.name);
  throw InputError(fmt::format(
      "there is no network '{}': it is neither a file nor one of the shipped networks ({}).", name,
      fmt::join(names, ", ")));
}

/// Before any memory is taken for them.
void check_room(const Workload& work, std::uint64_t count, const MachineConfig& config) {
  const std::uint64_t bytes = count * (std::uint64_t{work.job.input_bytes} + work.job.output_bytes);
  if (bytes > config.dram.bytes)
    throw InputError(fmt::format(
        "{} inputs and outputs take {} bytes, but soc.dram has {}; lower --count or raise "
        "soc.dram.bytes.",
        count, bytes, config.dram.bytes));
}

/// A shipped network's schedule is that of one core; another core takes its own default.
std::string schedule_of(const RunOptions& options, const std::optional<ShippedNetwork>& shipped,
                        const MachineConfig& config) {
  if (!options.schedule.empty() || !shipped) return options.schedule;
  const NpuConfig& npu = config.npus.front();
  const auto entry = std::ranges::find(npu::cores(), npu.core, &npu::CoreEntry::name);
  const auto mapping = entry->make(npu.geometry);
  const bool has_it =
      std::ranges::count(mapping->schedules(), shipped->schedule, &npu::ScheduleEntry::name) > 0;
  return has_it ? shipped->schedule : std::string();
}

compiler::CompileOptions compile_options(const std::string& schedule, const MachineConfig& config) {
  compiler::CompileOptions options;
  options.schedule = schedule;
  options.order = config.compiler.loop_order;
  options.dram_bytes_per_cycle =
      static_cast<double>(std::min(config.dram.bytes_per_second, config.bus.bytes_per_second)) /
      static_cast<double>(config.npus.front().point().clock_hz);
  return options;
}

compiler::Job compile_with(const compiler::Network& network,
                           const compiler::CompileOptions& options, const MachineConfig& config) {
  const NpuConfig& npu = config.npus.front();
  const auto entry = std::ranges::find(npu::cores(), npu.core, &npu::CoreEntry::name);
  return compiler::compile(network, *entry->make(npu.geometry), options);
}

/// Inputs and labels of the options, else the shipped data, else random numbers.
void add_data(Workload& work, const RunOptions& options,
              const std::optional<ShippedNetwork>& shipped, const MachineConfig& config) {
  fs::path input = options.input, labels = options.labels;
  if (input.empty() && shipped && !shipped->inputs.empty()) {
    input = first_existing(*shipped, shipped->inputs);
    if (labels.empty() && !shipped->labels.empty())
      labels = first_existing(*shipped, shipped->labels);
  }
  const std::uint32_t wanted = options.count.value_or(shipped ? shipped->count : 100);
  if (input.empty()) {
    const std::uint32_t count = options.count.value_or(1);
    check_room(work, count, config);
    work.samples = random_samples(work.network, count, options.seed);
    work.data = fmt::format("random numbers from seed {}", options.seed);
  } else {
    const Array array = read_data(input);
    const std::uint64_t available = sample_count(array, input.string(), work.network);
    if (available == 0) throw InputError(fmt::format("{}: holds no input.", input.string()));
    if (options.count && *options.count > available)
      throw InputError(fmt::format("{}: holds {} inputs, but --count asks for {}.", input.string(),
                                   available, *options.count));
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, available));
    check_room(work, count, config);
    work.samples = make_samples(array, input.string(), work.network, count,
                                shipped ? std::optional(shipped->pixels) : std::nullopt);
    work.data = input.string();
  }
  if (labels.empty()) return;
  work.labels = read_labels(labels);
  if (work.labels.size() < work.samples.count)
    throw InputError(fmt::format("{}: holds {} labels for {} inputs.", labels.string(),
                                 work.labels.size(), work.samples.count));
  work.labels.resize(work.samples.count);
}

}  // namespace

compiler::Network find_network(const std::string& name) {
  if (const auto shipped = find_shipped(name)) return load_shipped(*shipped);
  if (!fs::is_regular_file(name)) refuse_name(name);
  return compiler::load_network(name);
}

compiler::Job compile_for(const compiler::Network& network, const std::string& schedule,
                          const MachineConfig& config) {
  return compile_with(network, compile_options(schedule, config), config);
}

Workload make_workload(const RunOptions& options, const MachineConfig& config) {
  Workload work;
  const std::optional<ShippedNetwork> shipped = find_shipped(options.network);
  const std::string schedule = schedule_of(options, shipped, config);
  if (!shipped && is_job_file(options.network)) {
    work.job = read_job_file(options.network, work.network);
    work.has_reference = false;
  } else {
    work.network = find_network(options.network);
    work.job = compile_for(work.network, schedule, config);
  }
  work.name = shipped ? shipped->name : work.network.name;
  if (shipped) work.classes = shipped->classes;
  add_data(work, options, shipped, config);
  if (work.has_reference && config.npus.front().arithmetic.is_physical) {
    compiler::CompileOptions calibrated = compile_options(schedule, config);
    for (std::uint32_t i = 0; i < std::min(work.samples.count, kCalibrationSamples); ++i) {
      const std::span<const std::int16_t> sample = work.samples.at(i);
      calibrated.samples.emplace_back(sample.begin(), sample.end());
    }
    if (shipped) calibrated.adc_steps = shipped->cap_lsb;
    work.job = compile_with(work.network, calibrated, config);
  }
  return work;
}

}  // namespace cairn::platform
