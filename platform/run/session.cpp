// One run from options to result.
#include "platform/run/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "compiler/job_reader.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/command.hpp"
#include "platform/data/npy.hpp"
#include "platform/loader/load_elf.hpp"
#include "platform/networks/home.hpp"
#include "platform/run/dram_layout.hpp"
#include "platform/run/exit_status.hpp"
#include "platform/run/finish.hpp"
#include "platform/run/guest_io.hpp"
#include "platform/run/htif.hpp"
#include "platform/run/recording.hpp"
#include "platform/run/reference_run.hpp"
#include "platform/run/report.hpp"
#include "platform/run/signature.hpp"
#include "platform/run/terminal.hpp"

namespace cairn::platform {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// From the job's own commands.
std::vector<LayerDescription> describe_layers(const compiler::Job& job, const std::string& name) {
  std::vector<LayerDescription> layers(job.names.size());
  for (std::size_t i = 0; i < layers.size(); ++i)
    layers[i].name = job.names[i];
  for (const job::Command& command : compiler::read_job(job.image, name).commands) {
    if (command.layer >= layers.size() ||
        command.kind != static_cast<std::uint8_t>(job::Kind::kLayer))
      continue;
    const auto l = npu::as<job::LayerCommand>(command);
    layers[command.layer].op = job::name_of(static_cast<job::Op>(l.op));
    layers[command.layer].operands = {.in_bits = l.in_bits,
                                      .weight_bits = l.weight_bits,
                                      .out_bits = l.out_bits,
                                      .in_channels = l.in_c,
                                      .out_channels = l.out_c,
                                      .in_masked = l.in_masked,
                                      .out_masked = l.out_masked};
  }
  return layers;
}

/// In physical mode of all NPUs that have it; soc.npu0, which computes the network, must.
void set_arithmetic(const RunOptions& options, MachineConfig& config) {
  if (options.mode != "physical") return;
  for (NpuConfig& npu : config.npus) {
    const auto entry = std::ranges::find(npu::cores(), npu.core, &npu::CoreEntry::name);
    npu.arithmetic = {entry->has_physical, options.seed};
  }
  const NpuConfig& first = config.npus.front();
  if (first.arithmetic.is_physical) return;
  std::string names;
  for (const npu::CoreEntry& entry : npu::cores())
    if (entry.has_physical) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  throw InputError(
      fmt::format("--mode physical: core '{}' computes with exact digital sums; cores with a "
                  "physical mode: {}.",
                  first.core, names));
}

/// Runs the machine and fills in what every run has.
void simulate(Machine& machine, const RunOptions& options, const ElfFile& program,
              const DebugInfo& debug, const std::vector<AddressRange>& map, SessionContext& context,
              Result& result) {
  const Clock::time_point start = Clock::now();
  result.outcome = machine.run(options.timeout_ps, context.interrupted);
  result.simulation_seconds = seconds_since(start);
  result.sim_ps = machine.now_ps();
  result.instructions = machine.instructions();
  result.npu_seconds = machine.kernel_seconds();
  result.failure = find_failure(result.outcome, program, debug, map, machine);
}

Result empty_result(const RunOptions& options, const char* command) {
  Result result;
  result.command = command;
  result.mode = options.mode;
  result.seed = options.seed;
  return result;
}

void describe_workload(const Workload& work, const NpuConfig& npu, Result& result) {
  result.has_network = true;
  result.network = work.name;
  result.core = npu.core;
  result.schedule = work.job.schedule;
  result.data = work.data;
  result.notes = work.network.notes;
  result.count = work.samples.count;
  result.npu_clock_hz = npu.point().clock_hz;
  result.npu_millivolt = npu.point().millivolt;
  result.statistics = Statistics(describe_layers(work.job, work.name), result.npu_millivolt);
  result.energy_table =
      std::ranges::find(npu::cores(), npu.core, &npu::CoreEntry::name)->energy(npu.geometry);
  result.features_bits = npu.geometry.feature_bits;
  result.features_needed_bits = work.job.feature_bits;
  result.weights_bits = std::uint64_t{npu.geometry.weight_bytes} * 8;
  result.outputs_per_input = static_cast<std::size_t>(work.network.last().out.elements());
}

/// Outputs, accuracy and the comparison, as far as the firmware got.
void collect_outputs(const Workload& work, const DramLayout& layout, const Machine& machine,
                     Result& result) {
  result.info = read_bootinfo(layout, machine);
  result.done = std::min(result.info.done, result.count);
  result.outputs = read_outputs(work, layout, result.done, machine);
  if (!work.labels.empty() && result.done != 0)
    result.accuracy = accuracy_of(result.outputs, result.outputs_per_input, work.labels);
}

}  // namespace

Parameters parameters_of(const RunOptions& options) {
  std::vector<Assignment> assignments;
  for (const std::filesystem::path& file : options.configs) {
    std::vector<Assignment> more = read_config(file);
    assignments.insert(assignments.end(), more.begin(), more.end());
  }
  for (const std::string& text : options.sets)
    assignments.push_back(parse_set(text));
  if (!options.core.empty())
    assignments.push_back({"soc.npu0.core", options.core, "--core " + options.core, false});
  return Parameters(assignments);
}

int run_network(const RunOptions& options, SessionContext& context) {
  check_destinations(options);
  MachineConfig config = machine_config(parameters_of(options));
  set_arithmetic(options, config);
  const std::vector<AddressRange> map = address_map(config);
  const ElfFile firmware =
      read_elf(options.firmware.empty() ? default_firmware() : options.firmware);
  check_fit(firmware, map);
  const Workload work = make_workload(options, config);
  const DramLayout layout = plan_dram(work, firmware, map);

  Recording recording(options, firmware);

  Result result = empty_result(options, "run");
  describe_workload(work, config.npus.front(), result);
  result.firmware = firmware.path;
  result.firmware_crc32 = firmware.crc32;
  Terminal terminal(context.err, context.err_is_terminal && !options.quiet);
  const auto last_layer = static_cast<std::uint32_t>(work.job.names.size() - 1);
  MachineHooks hooks;
  const std::uint32_t setups = work.job.has_setup ? 1 : 0;
  hooks.tile = [&, setups](const TileRecord& record) {
    if (record.inference < setups) return result.statistics.add_setup(record);
    result.statistics.add(record);
    if (record.layer == last_layer)
      terminal.progress(work.name, record.inference + 1 - setups, work.samples.count);
  };
  hooks.transfer = [&, setups](const TransferRecord& record) {
    if (record.inference < setups) return result.statistics.add_setup(record);
    result.statistics.add(record);
  };
  hooks.point = [&](const PointRecord& record) { result.statistics.add(record); };
  hooks.uart = [&](char byte) {
    if (!options.quiet) terminal.uart(byte);
  };
  hooks.function_name = [&](std::uint32_t pc) { return firmware.symbols.function_at(pc); };
  hooks.layer_names = work.job.names;
  GuestIo io(options, options.uart, "firmware", hooks, context);
  hooks.observations = recording.observations();

  const std::unique_ptr<Machine> machine = context.make_machine(config, std::move(hooks));
  load_elf(firmware, *machine);
  io.connect(*machine);
  load_workload(work, layout, *machine);
  machine->start_at(firmware.entry, layout.info_address);
  if (!options.vcd.empty()) machine->attach_waves(options.vcd);
  if (options.gdb) machine->attach_debugger(*options.gdb, context.err);
  std::optional<ReferenceRun> reference;
  if (options.check && work.has_reference) reference.emplace(work);
  const DebugInfo debug(firmware.path);
  simulate(*machine, options, firmware, debug, map, context, result);
  io.finish();
  collect_outputs(work, layout, *machine, result);
  if (reference && !context.interrupted)
    result.mismatches =
        reference->mismatches(result.outputs, result.done, [&](std::uint32_t checked) {
          terminal.progress(work.name + ": checking", checked, result.done);
          return !context.interrupted;
        });
  if (config.npus.front().arithmetic.is_physical && result.mismatches && result.accuracy)
    result.exact_accuracy =
        accuracy_of(reference->expected(result.done), result.outputs_per_input, work.labels);
  if (context.interrupted) result.outcome.end = End::kInterrupted;
  terminal.finish();
  result.host_seconds = seconds_since(context.process_start);
  const int status = finish(options, result, context);
  recording.finish(result.outcome.cpu_cycles, debug, context.out);
  return status;
}

int boot_program(const RunOptions& options, SessionContext& context) {
  check_destinations(options);
  const MachineConfig config = machine_config(parameters_of(options));
  const std::vector<AddressRange> map = address_map(config);
  const ElfFile program = read_elf(options.program);
  check_fit(program, map);
  const DramLayout layout = empty_layout(map);
  std::optional<Signature> signature;
  if (!options.signature.empty()) signature.emplace(program, map);

  Recording recording(options, program);

  Result result = empty_result(options, "boot");
  result.network = options.program.string();
  MachineHooks hooks;
  GuestIo io(options, options.uart.value_or(UartOption{}), options.program.filename().string(),
             hooks, context);
  hooks.function_name = [&](std::uint32_t pc) { return program.symbols.function_at(pc); };
  hooks.observations = recording.observations();

  const std::unique_ptr<Machine> machine = context.make_machine(config, std::move(hooks));
  io.connect(*machine);
  load_elf(program, *machine);
  const bool has_room = std::ranges::none_of(program.segments, [&](const Segment& s) {
    return s.address < layout.info_address + sizeof(bootinfo::Bootinfo) &&
           s.end() > layout.info_address;
  });
  if (has_room) load_bootinfo(layout, *machine);
  machine->start_at(program.entry, has_room ? layout.info_address : 0);
  if (!options.vcd.empty()) machine->attach_waves(options.vcd);
  if (options.gdb) machine->attach_debugger(*options.gdb, context.err);
  Htif htif(program, *machine, context.out);
  const DebugInfo debug(program.path);
  simulate(*machine, options, program, debug, map, context, result);
  io.finish();
  context.out.flush();
  if (signature) signature->write(options.signature, options.signature_granularity, *machine);
  result.host_seconds = seconds_since(context.process_start);
  const int status = finish(options, result, context);
  recording.finish(result.outcome.cpu_cycles, debug, context.err);
  return status;
}

}  // namespace cairn::platform
