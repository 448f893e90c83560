// The NPU's command sequencer: everything that happens in its thread.
#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "job_format.hpp"
#include "models/npu/command.hpp"
#include "models/npu/npu.hpp"
#include "npu_regs.hpp"

namespace cairn {

using namespace npu_regs;
using npu::Counter;
using npu::Counters;
using npu::ErrorCode;
using npu::Fault;
using npu::LayerRun;

namespace {

constexpr std::uint8_t kLastTile = 1;  // TileCommand::flags

std::uint64_t words_of(std::uint64_t bits) {
  return (bits + SramStream::kWordBits - 1) / SramStream::kWordBits;
}

}  // namespace

std::uint64_t Npu::cycle_at(sc_core::sc_time time) const {
  return origin_cycle_ + clock_.cycles_at(time - origin_);
}

sc_core::sc_time Npu::time_at(std::uint64_t cycle) const {
  return origin_ + clock_.time_of(cycle - origin_cycle_);
}

/// Waits until the job's cycle `cycle`. Throws Fault (aborted).
void Npu::advance_to(std::uint64_t cycle) {
  cycle_ = std::max(cycle_, cycle);
  const sc_core::sc_time at = time_at(cycle_);
  if (at > sc_core::sc_time_stamp()) wait(at - sc_core::sc_time_stamp(), abort_event_);
  if (abort_) throw Fault{ErrorCode::aborted, 0, "the job was aborted"};
}

void Npu::change_point() {
  if (!domain.is_pending()) return;
  wait(domain.settle());
  domain.take();
  clock_ = kit::Clock(domain.now().clock_hz);
  for (BankedSram* const memory : {&features, &weights, &buffer})
    memory->set_clock(domain.now().clock_hz);
  origin_ = sc_core::sc_time_stamp();
  origin_cycle_ = cycle_;
}

void Npu::run_job() {
  const std::uint32_t count = regs.get<command_count::count>();
  if (count == 0 || regs.get<commands::address>() % sizeof(job::Command) != 0) {
    index_ = 0;
    throw Fault{ErrorCode::bad_list, regs.get<commands::address>(),
                "the command list is empty or misaligned"};
  }
  prefetch(0);
  TileRecord record;
  record.start = sc_core::sc_time_stamp();
  std::uint64_t start_cycle = cycle_;
  for (index_ = 0; index_ < count; ++index_) {
    regs.set<status::command>(index_);
    trace_command_.set(index_);
    command_ = fetch(index_, record.counters);
    if (index_ + 1 < count) prefetch(index_ + 1);
    wait_for_token(command_, record.counters);
    change_point();
    perform(command_, record.counters);
    record.counters.add(Counter::commands, 1);
    const auto kind = static_cast<job::Kind>(command_.kind);
    if (kind == job::Kind::kTile || kind == job::Kind::kCells) {
      counters_.add(record.counters);  // the job's cycles are added when it ends
      record.counters.add(Counter::cycles, cycle_ - start_cycle);
      record.job = jobs_;
      record.layer = command_.layer;
      record.end = sc_core::sc_time_stamp();
      record.millivolt = domain.now().millivolt;
      if (on_tile) on_tile(record);
      record = {};
      record.start = sc_core::sc_time_stamp();
      start_cycle = cycle_;
    }
    if (command_.signal_count > 0) tokens.signal(command_.signal_token, command_.signal_count);
  }
  counters_.add(record.counters);
}

void Npu::perform(const job::Command& command, Counters& counters) {
  switch (static_cast<job::Kind>(command.kind)) {
    case job::Kind::kBarrier:
      return;
    case job::Kind::kRing:
      return space_.define(npu::as<job::RingCommand>(command));
    case job::Kind::kLayer:
      return put_layer(npu::as<job::LayerCommand>(command));
    case job::Kind::kTile:
      return run_tile(npu::as<job::TileCommand>(command), counters);
    case job::Kind::kCells:
      return load_cells(npu::as<job::CellsCommand>(command), counters);
  }
  throw Fault{ErrorCode::bad_command, 0, "unknown kind of command"};
}

void Npu::prefetch(std::uint32_t index) {
  const std::uint64_t address =
      regs.get<commands::address>() + std::uint64_t{index} * sizeof(job::Command);
  sc_core::sc_time delay;
  next_status_ = master.read(address, &next_, sizeof next_, delay);
  next_ready_ = sc_core::sc_time_stamp() + delay;
}

job::Command Npu::fetch(std::uint32_t index, Counters& counters) {
  enter(State::fetch);
  const std::uint64_t ready = cycle_at(std::max(next_ready_, origin_));
  if (ready > cycle_) {
    counters.add(Counter::stall_fetch, ready - cycle_);
    advance_to(ready);
  }
  if (next_status_ != tlm::TLM_OK_RESPONSE)
    throw Fault{
        ErrorCode::bus_error,
        static_cast<std::uint32_t>(regs.get<commands::address>() + index * sizeof(job::Command)),
        "a command could not be read"};
  return next_;
}

void Npu::wait_for_token(const job::Command& command, Counters& counters) {
  if (command.wait_token >= kit::Tokens::kCount || command.signal_token >= kit::Tokens::kCount)
    throw Fault{ErrorCode::bad_command, 0, "unknown token"};
  if (tokens.reached(command.wait_token, command.wait_count)) return;
  enter(State::wait_token);
  while (!tokens.reached(command.wait_token, command.wait_count)) {
    wait(tokens.changed | abort_event_);
    if (abort_) throw Fault{ErrorCode::aborted, 0, "the job was aborted"};
  }
  const std::uint64_t now = now_cycle();
  counters.add(Counter::stall_token, now - cycle_);
  advance_to(now);
}

npu::PreparedLayer& Npu::prepare(const numbers::Layer& layer) {
  if (prepared_.size() <= index_) prepared_.resize(index_ + 1);
  std::unique_ptr<npu::PreparedLayer>& p = prepared_[index_];
  if (p == nullptr || p->layer() != layer) p = std::make_unique<npu::PreparedLayer>(*core_, layer);
  return *p;
}

void Npu::put_layer(const job::LayerCommand& command) {
  const numbers::Layer layer = npu::layer_of(command);
  const npu::LayerPlacement placement = npu::placement_of(command);
  if (command.slot >= slots_.size())
    throw Fault{ErrorCode::bad_command, command.slot, "no such layer slot"};
  slots_[command.slot] = nullptr;
  npu::PreparedLayer& prepared = prepare(layer);
  const kit::TimedScope timed(host_time_);
  slots_[command.slot] = std::make_unique<npu::LayerRun>(prepared, placement, space_,
                                                         npu::Memories{features, buffer, weights});
}

npu::LayerRun& Npu::slot(std::uint8_t number) {
  if (number >= slots_.size() || slots_[number] == nullptr)
    throw Fault{ErrorCode::bad_command, number, "a tile of a layer that is not in its slot"};
  return *slots_[number];
}

void Npu::run_tile(const job::TileCommand& command, Counters& counters) {
  LayerRun& run = slot(command.slot);
  const bool is_last = (command.flags & kLastTile) != 0;
  run.plan_tile(npu::tile_of(command, run.layer()));
  {
    const kit::TimedScope timed(host_time_);
    run.begin_tile(command, jobs_);
  }
  enter(State::compute);
  if (trace_layer_.on() && command.layer < layer_names_.size())
    trace_layer_.set(layer_names_[command.layer]);
  features_before_ = features.counts();
  buffer_before_ = buffer.counts();
  weights_before_ = weights.counts();
  space_.take_peak();
  run_steps(run, is_last, counters);
  count_accesses(counters);
  counters.add(Counter::overflows, run.take_overflows());
  counters.raise(Counter::peak_feature_bits, space_.take_peak());
  if (!is_last) return;
  counters.add(Counter::macs_skipped, npu::masked_macs(run.layer(), run.placement()));
  run.finish();
  slots_[command.slot] = nullptr;
  trace_occupancy();
}

/// The array waits while its rows are written; reading the weight SRAM takes its time beside that.
void Npu::load_cells(const job::CellsCommand& command, Counters& counters) {
  const npu::CellRegion region{command.plane, command.row, command.rows, command.column,
                               command.columns};
  const std::uint64_t bytes = (region.cells() + 63) / 64 * 8;
  if (command.weights_offset % 8 != 0 || command.weights_offset + bytes > weights.bytes())
    throw Fault{ErrorCode::outside_memory, command.weights_offset,
                "the bits of a region of cells leave the weight SRAM"};
  enter(State::compute);
  const std::uint64_t cycles = core_->load_cells(
      command.region, region,
      std::span<const std::uint8_t>(weights.data()).subspan(command.weights_offset, bytes));
  SramStream stream;
  npu::PortWords words;
  words.weights = weights.count_read(stream, 8ull * command.weights_offset, region.cells(), 0);
  counters.add(Counter::weight_words_read, words.weights);
  counters.add(Counter::cell_writes, region.cells());
  counters.add(Counter::stall_cells, cycles);
  advance_to(step_end(cycles, words, counters));
}

void Npu::count_accesses(Counters& counters) {
  const AccessCounts &f = features.counts(), &b = buffer.counts();
  counters.add(Counter::feature_words_read, f.read_words - features_before_.read_words);
  counters.add(Counter::feature_words_written, f.write_words - features_before_.write_words);
  counters.add(Counter::feature_elements_read, f.read_elements - features_before_.read_elements);
  counters.add(Counter::feature_elements_written,
               f.write_elements - features_before_.write_elements);
  counters.add(Counter::buffer_words_read, b.read_words - buffer_before_.read_words);
  counters.add(Counter::buffer_words_written, b.write_words - buffer_before_.write_words);
  counters.add(Counter::buffer_elements_read, b.read_elements - buffer_before_.read_elements);
  counters.add(Counter::buffer_elements_written, b.write_elements - buffer_before_.write_elements);
  counters.add(Counter::weight_words_read,
               weights.counts().read_words - weights_before_.read_words);
}

void Npu::run_steps(LayerRun& run, bool is_last, Counters& counters) {
  const std::span<const npu::Step> steps = run.steps().steps;
  npu::PortWords words = std::exchange(pending_, {});
  if (!steps.empty()) {
    const kit::TimedScope timed(host_time_);
    run.read(steps.front(), words);
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const npu::Step& step = steps[i];
    const npu::Activity activity = run.activity(step);
    advance_to(step_end(step.cell_cycles + step.compute_cycles + activity.cycles, words, counters));
    counters.add(Counter::stall_cells, step.cell_cycles);
    counters.add(Counter::macs, step.macs);
    counters.add(Counter::searches, activity.searches);
    counters.add(Counter::accumulations, activity.accumulations);
    counters.add(Counter::matches, activity.matches);
    counters.add(Counter::multiplications, activity.multiplications);
    counters.add(Counter::loads, step.loads);
    counters.add(Counter::evaluations, step.evaluations);
    counters.add(Counter::rows, step.rows);
    counters.add(Counter::conversions, step.conversions);
    counters.add(Counter::cell_writes, step.cell_writes);
    counters.add(Counter::buffer_words_read, words_of(step.buffer_bits_read));
    counters.add(Counter::buffer_words_written, words_of(step.buffer_bits_written));
    const kit::TimedScope timed(host_time_);
    run.write(step, pending_);
    trace_occupancy();
    if (i + 1 < steps.size()) {
      words = std::exchange(pending_, {});
      run.read(steps[i + 1], words);
    }
  }
  if (!is_last) return;
  enter(State::drain);
  advance_to(step_end(run.drain_cycles(), std::exchange(pending_, {}), counters));
  counters.add(Counter::drain, run.drain_cycles());
}

/// The cycle at which a step ends that starts now: when the array and both private ports have done
/// their part.
std::uint64_t Npu::step_end(std::uint64_t compute_cycles, const npu::PortWords& words,
                            Counters& counters) {
  const auto port_end = [&](BankedSram& sram, std::uint64_t count) {
    if (count == 0) return cycle_;
    const std::uint64_t cycles = sram.cycles(count * SramStream::kWordBits);
    const sc_core::sc_time begin = sram.reserve(sc_core::sc_time_stamp(), cycles);
    return cycle_at(begin) + cycles;
  };
  const std::uint64_t array_end = cycle_ + compute_cycles;
  const std::uint64_t features_end = port_end(features, words.features);
  const std::uint64_t weights_end = port_end(weights, words.weights);
  const std::uint64_t end = std::max({array_end, features_end, weights_end});
  if (end > array_end)
    counters.add(
        features_end >= weights_end ? Counter::stall_feature_port : Counter::stall_weight_port,
        end - array_end);
  return end;
}

void Npu::trace_occupancy() {
  if (trace_occupied_.on()) trace_occupied_.set(static_cast<double>(space_.take_recent_peak()));
}

}  // namespace cairn
