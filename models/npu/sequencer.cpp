// The NPU's command sequencer: everything that happens in its thread.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "job_format.hpp"
#include "models/npu/command.hpp"
#include "models/npu/npu.hpp"
#include "models/npu/numbers/packing.hpp"
#include "npu_regs.hpp"

namespace cairn {

using namespace npu_regs;
using npu::Counter;
using npu::Counters;
using npu::ErrorCode;
using npu::Fault;
using npu::LayerRun;

namespace {

/// Adds the host time of its scope to `seconds`.
class HostTimer {
 public:
  explicit HostTimer(double& seconds) : seconds_(seconds) {}
  HostTimer(const HostTimer&) = delete;
  HostTimer& operator=(const HostTimer&) = delete;
  ~HostTimer() {
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  double& seconds_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

std::uint64_t Npu::now_cycle() const {
  return clock_.cycles_at(sc_core::sc_time_stamp() - origin_);
}

/// Waits until the job's cycle `cycle`. Throws Fault (aborted).
void Npu::advance_to(std::uint64_t cycle) {
  cycle_ = std::max(cycle_, cycle);
  const sc_core::sc_time at = origin_ + clock_.time_of(cycle_);
  if (at > sc_core::sc_time_stamp()) wait(at - sc_core::sc_time_stamp(), abort_event_);
  if (abort_) throw Fault{ErrorCode::aborted, 0, "the job was aborted"};
}

void Npu::run_job() {
  const std::uint32_t count = regs.get<command_count::count>();
  if (count == 0 || regs.get<commands::address>() % sizeof(job::Command) != 0) {
    index_ = 0;
    throw Fault{ErrorCode::bad_list, regs.get<commands::address>(),
                "the command list is empty or misaligned"};
  }
  prefetch(0);
  for (index_ = 0; index_ < count; ++index_) {
    regs.set<status::command>(index_);
    trace_command_.set(index_);
    LayerRecord record;
    record.start = sc_core::sc_time_stamp();
    const std::uint64_t start_cycle = cycle_;
    command_ = fetch(index_, record.counters);
    if (index_ + 1 < count) prefetch(index_ + 1);
    wait_for_token(command_, record.counters);
    const bool is_layer = command_.op != static_cast<std::uint8_t>(job::Op::kBarrier);
    if (is_layer) run_layer(command_, record.counters);
    record.counters.add(Counter::commands, 1);
    counters_.add(record.counters);  // the job's cycles are added when it ends
    record.counters.add(Counter::cycles, cycle_ - start_cycle);
    record.job = jobs_;
    record.layer = command_.layer;
    record.end = sc_core::sc_time_stamp();
    if (is_layer && on_layer) on_layer(record);
    if (command_.signal_count > 0) tokens.signal(command_.signal_token, command_.signal_count);
  }
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
  const std::uint64_t ready = clock_.cycles_at(next_ready_ - origin_);
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

npu::PreparedLayer& Npu::prepare(const job::Command& command, const numbers::Layer& layer) {
  if (prepared_.size() <= index_) prepared_.resize(index_ + 1);
  npu::PreparedLayer& p = prepared_[index_];
  if (p.layer != layer || p.schedule.steps.empty()) {
    const std::string reason = core_->mapping().unsupported(layer);
    if (!reason.empty()) throw Fault{ErrorCode::unsupported, 0, reason};
    p = {layer, core_->mapping().schedule(layer), {}, nullptr};
  }
  const std::uint64_t bytes = numbers::weight_bytes(layer) + numbers::table_bytes(layer);
  if (command.weights_offset % 8 != 0 || command.weights_offset + bytes > weights.bytes() ||
      command.table_offset != command.weights_offset + numbers::weight_bytes(layer))
    throw Fault{ErrorCode::outside_memory, command.weights_offset,
                "the weights leave the weight SRAM"};
  return p;
}

void Npu::run_layer(const job::Command& command, Counters& counters) {
  const numbers::Layer layer = npu::layer_of(command);
  const npu::FeatureRing ring(layer, command.in_offset, command.out_offset, features.bits());
  npu::PreparedLayer& prepared = prepare(command, layer);
  std::optional<LayerRun> run;
  {
    const HostTimer timer(host_seconds_);
    run.emplace(*core_, prepared, ring, features, weights, 8ull * command.weights_offset);
  }
  running_ = &*run;
  enter(State::compute);
  if (trace_layer_.on() && command.layer < layer_names_.size())
    trace_layer_.set(layer_names_[command.layer]);

  const AccessCounts before = features.counts(), weights_before = weights.counts();
  run_steps(*run, counters);
  running_ = nullptr;
  const AccessCounts& after = features.counts();
  counters.add(Counter::feature_words_read, after.read_words - before.read_words);
  counters.add(Counter::feature_words_written, after.write_words - before.write_words);
  counters.add(Counter::feature_elements_read, after.read_elements - before.read_elements);
  counters.add(Counter::feature_elements_written, after.write_elements - before.write_elements);
  counters.add(Counter::weight_words_read, weights.counts().read_words - weights_before.read_words);
  counters.add(Counter::overflows, run->overflows());
  counters.raise(Counter::peak_feature_bits, run->ring().peak_bits());
}

void Npu::run_steps(LayerRun& run, Counters& counters) {
  for (const npu::Step& step : run.schedule().steps) {
    std::uint64_t feature_words = std::exchange(pending_words_, 0), weight_words = 0;
    {
      const HostTimer timer(host_seconds_);
      run.read(step, feature_words, weight_words);
    }
    advance_to(step_end(step.compute_cycles, feature_words, weight_words, counters));
    counters.add(Counter::macs, step.macs);
    counters.add(Counter::macs_skipped, step.macs_skipped);
    const HostTimer timer(host_seconds_);
    for (std::uint32_t pixel = step.first_output; pixel < step.first_output + step.outputs; ++pixel)
      pending_words_ += run.write_pixel(pixel);
    trace_ring(run.ring());
  }
  enter(State::drain);
  const std::uint64_t begin = cycle_;
  advance_to(step_end(run.schedule().drain_cycles, std::exchange(pending_words_, 0), 0, counters));
  counters.add(Counter::drain, cycle_ - begin);
}

/// The cycle at which a step ends that starts now: when the array and both private ports have done
/// their part.
std::uint64_t Npu::step_end(std::uint64_t compute_cycles, std::uint64_t feature_words,
                            std::uint64_t weight_words, Counters& counters) {
  const auto port_end = [&](BankedSram& sram, std::uint64_t words) {
    if (words == 0) return cycle_;
    const std::uint64_t cycles = sram.cycles(words * SramStream::kWordBits);
    const sc_core::sc_time begin = sram.reserve(sc_core::sc_time_stamp(), cycles);
    return clock_.cycles_at(begin - origin_) + cycles;
  };
  const std::uint64_t array_end = cycle_ + compute_cycles;
  const std::uint64_t features_end = port_end(features, feature_words);
  const std::uint64_t weights_end = port_end(weights, weight_words);
  const std::uint64_t end = std::max({array_end, features_end, weights_end});
  if (end > array_end)
    counters.add(
        features_end >= weights_end ? Counter::stall_feature_port : Counter::stall_weight_port,
        end - array_end);
  return end;
}

void Npu::trace_ring(npu::FeatureRing& ring) {
  if (!trace_occupancy_.on()) return;
  trace_occupancy_.set(static_cast<double>(ring.take_recent_peak()));
  trace_head_.set(ring.head());
  trace_tail_.set(ring.tail());
}

}  // namespace cairn
