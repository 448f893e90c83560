// The SoC as the rest of the platform drives it: load, start, run to the end, say how it ended.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "job_format.hpp"
#include "platform/debug_transport.hpp"
#include "platform/gdb/soc_debugger.hpp"
#include "platform/machine.hpp"
#include "platform/poll_list.hpp"
#include "platform/soc.hpp"
#include "platform/soc_inspection.hpp"
#include "platform/waves/waves.hpp"

namespace cairn::platform {

namespace {

using npu::Counter;

/// Between two looks at the interrupt flag; about a millisecond of host time when the hart is busy.
const sc_core::sc_time kSlice(100, sc_core::SC_US);

TileRecord to_platform(std::uint32_t npu, const cairn::TileRecord& r) {
  TileRecord out;
  out.npu = npu;
  out.inference = static_cast<std::uint32_t>(r.job);
  out.layer = r.layer;
  out.cycles = r.counters[Counter::cycles];
  out.macs = r.counters[Counter::macs];
  out.macs_skipped = r.counters[Counter::macs_skipped];
  const auto stall = [&](Stall cause) -> std::uint64_t& {
    return out.stall_cycles[static_cast<std::size_t>(cause)];
  };
  stall(Stall::kToken) = r.counters[Counter::stall_token];
  stall(Stall::kFeaturePort) = r.counters[Counter::stall_feature_port];
  stall(Stall::kWeightPort) = r.counters[Counter::stall_weight_port];
  stall(Stall::kCommandFetch) = r.counters[Counter::stall_fetch];
  stall(Stall::kDrain) = r.counters[Counter::drain];
  stall(Stall::kCells) = r.counters[Counter::stall_cells];
  out.feature_words_read = r.counters[Counter::feature_words_read];
  out.feature_words_written = r.counters[Counter::feature_words_written];
  out.feature_elements_read = r.counters[Counter::feature_elements_read];
  out.feature_elements_written = r.counters[Counter::feature_elements_written];
  out.weight_words_read = r.counters[Counter::weight_words_read];
  out.buffer_words_read = r.counters[Counter::buffer_words_read];
  out.buffer_words_written = r.counters[Counter::buffer_words_written];
  out.buffer_elements_read = r.counters[Counter::buffer_elements_read];
  out.buffer_elements_written = r.counters[Counter::buffer_elements_written];
  out.peak_feature_bits = r.counters[Counter::peak_feature_bits];
  out.overflows = r.counters[Counter::overflows];
  out.array = {r.counters[Counter::searches],   r.counters[Counter::accumulations],
               r.counters[Counter::matches],    r.counters[Counter::multiplications],
               r.counters[Counter::loads],      r.counters[Counter::evaluations],
               r.counters[Counter::rows],       r.counters[Counter::conversions],
               r.counters[Counter::cell_writes]};
  out.start_ps = r.start.value();
  out.end_ps = r.end.value();
  out.millivolt = r.millivolt;
  return out;
}

bool lies_in_dram(std::uint8_t base) {
  switch (static_cast<job::Base>(base)) {
    case job::Base::kJob:
    case job::Base::kInput:
    case job::Base::kOutput:
    case job::Base::kScratch:
      return true;
    default:
      return false;
  }
}

/// What `bytes` moved from base to base are to the NPU's SRAMs.
SramTraffic sram_traffic(std::uint64_t bytes, std::uint8_t source, std::uint8_t target) {
  const auto at = [bytes](std::uint8_t base, job::Base memory) {
    return static_cast<job::Base>(base) == memory ? bytes : 0;
  };
  return {.features_read = at(source, job::Base::kFeatures),
          .features_written = at(target, job::Base::kFeatures),
          .weights_written = at(target, job::Base::kWeights),
          .buffer_read = at(source, job::Base::kBuffer),
          .buffer_written = at(target, job::Base::kBuffer)};
}

std::string status_text(tlm::tlm_response_status status) {
  switch (status) {
    case tlm::TLM_OK_RESPONSE:
      return "ok";
    case tlm::TLM_INCOMPLETE_RESPONSE:
      return "under way";
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return "address error";
    case tlm::TLM_COMMAND_ERROR_RESPONSE:
      return "command error";
    case tlm::TLM_BURST_ERROR_RESPONSE:
      return "burst error";
    case tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return "byte enable error";
    default:
      return "error";
  }
}

class SocMachine : public Machine {
 public:
  SocMachine(const MachineConfig& config, MachineHooks hooks)
      : hooks_(std::move(hooks)),
        outside_(hooks_.pollables),
        map_(address_map(config)),
        near_(kSlice.value() + 1000 * config.cpu0.quantum_ns),
        soc_("soc", config) {
    for (std::uint32_t n = 0; n < soc_.npus.size(); ++n) {
      soc_.npus[n].set_layer_names(hooks_.layer_names);
      if (hooks_.tile)
        soc_.npus[n].on_tile = [this, n](const cairn::TileRecord& r) {
          hooks_.tile(to_platform(n, r));
        };
    }
    if (hooks_.point)
      for (std::uint32_t n = 0; n < soc_.npus.size(); ++n)
        soc_.npus[n].domain.on_change([this, n] {
          const kit::ClockAndSupply& now = soc_.npus[n].domain.now();
          hooks_.point({n, now_ps(), now.clock_hz, now.millivolt});
        });
    if (hooks_.transfer)
      soc_.dma0.on_bytes = [this](unsigned channel, std::uint16_t layer, std::uint64_t bytes,
                                  std::uint8_t source, std::uint8_t target) {
        hooks_.transfer({channel, layer, bytes * (lies_in_dram(source) + lies_in_dram(target)),
                         sram_traffic(bytes, source, target),
                         static_cast<std::uint32_t>(soc_.npus[channel].jobs())});
      };
    if (hooks_.uart) soc_.uart0.on_transmit(hooks_.uart);
    if (hooks_.uart_input) soc_.uart0.attach_source(hooks_.uart_input);
    if (hooks_.semihost)
      soc_.cpu0.on_semihost = [this](std::uint32_t operation, std::uint32_t parameter) {
        return semihost({operation, parameter});
      };
    for (const Observation& o : hooks_.observations)
      soc_.cpu0.observe(*o.observer, sc_core::sc_time::from_value(o.from_ps),
                        sc_core::sc_time::from_value(o.to_ps));
    if (hooks_.function_name) soc_.cpu0.set_symbols(hooks_.function_name);
    soc_.finisher.on_finish([this](const Finish& f) { finish(f); });
    soc_.cpu0.on_halt = [] { sc_core::sc_pause(); };  // and run() ends, unless a debugger is there
    sc_core::sc_start(sc_core::SC_ZERO_TIME);  // elaborates: the bus can be used from here on
  }

  bool load(std::uint32_t address, std::span<const std::uint8_t> bytes) override {
    const bool done = transport(tlm::TLM_WRITE_COMMAND, address,
                                const_cast<std::uint8_t*>(bytes.data()), bytes.size());
    if (done) soc_.cpu0.invalidate(address, bytes.size());
    return done;
  }
  bool peek(std::uint32_t address, std::span<std::uint8_t> bytes) const override {
    return transport(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size());
  }
  void start_at(std::uint32_t entry, std::uint32_t a1) override {
    start_ = {entry, a1};
    soc_.cpu0.reset(entry, 0, a1);
  }
  void watch_stores(std::uint32_t address, std::uint32_t bytes,
                    std::function<std::optional<std::uint32_t>()> stored) override {
    soc_.cpu0.watch_stores(address, bytes, [this, stored = std::move(stored)] {
      if (const std::optional<std::uint32_t> code = stored()) {
        finisher_code_ = *code;
        sc_core::sc_stop();
      }
    });
  }
  void attach_waves(const std::filesystem::path& vcd) override { waves_.emplace(vcd); }
  void attach_debugger(const gdb::Options& options, std::ostream& log) override {
    debugger_ =
        std::make_unique<gdb::SocDebugger>(soc_, start_.entry, start_.a1, map_, options, log);
  }

  Outcome run(std::uint64_t timeout_ps, const std::atomic<bool>& interrupted) override;

  std::uint64_t now_ps() const override { return sc_core::sc_time_stamp().value(); }
  std::uint64_t instructions() const override { return soc_.cpu0.instret(); }
  double kernel_seconds() const override {
    double sum = 0;
    for (const Npu& npu : soc_.npus)
      sum += npu.host_seconds();
    return sum;
  }

 private:
  bool transport(tlm::tlm_command command, std::uint32_t address, std::uint8_t* data,
                 std::size_t bytes) const;
  void finish(const Finish& f);
  std::uint32_t semihost(const SemihostCall& call);
  void input_came();
  /// Nothing is pending, but input from outside can change that.
  bool waits_for_input() const;
  void wait_for_input();
  /// Runs one slice; the end, if that was it.
  std::optional<End> run_slice(std::uint64_t timeout_ps);
  End run_to_end(std::uint64_t timeout_ps, const std::atomic<bool>& interrupted);
  std::string why(End end) const;
  Outcome outcome(End end) const;

  MachineHooks hooks_;
  PollList outside_;
  const std::vector<AddressRange> map_;
  const std::uint64_t near_;  ///< ps in which the hart may come to run past the end of a slice
  mutable Soc soc_;           // debug transport is not const in TLM
  std::optional<waves::Waves> waves_;
  std::unique_ptr<gdb::SocDebugger> debugger_;
  struct {
    std::uint32_t entry = 0, a1 = 0;
  } start_;
  std::optional<std::uint32_t> finisher_code_;
  sc_core::sc_event timeout_{"timeout"};
};

void SocMachine::finish(const Finish& f) {
  if (f.kind == Finish::Kind::kReset) {  // no boot ROM to return to: a reset ends the run
    finisher_code_ = 0;
  } else {
    finisher_code_ = f.kind == Finish::Kind::kPass ? 0 : f.code;
  }
  sc_core::sc_stop();
}

std::uint32_t SocMachine::semihost(const SemihostCall& call) {
  const SemihostAnswer answer = hooks_.semihost(call);
  if (answer.exit_code) {
    finisher_code_ = answer.exit_code;
    sc_core::sc_stop();
  }
  return answer.value;
}

void SocMachine::input_came() {
  if (hooks_.uart_input) soc_.uart0.source_ready();
}

bool SocMachine::waits_for_input() const {
  return !sc_core::sc_pending_activity() && outside_.is_open() &&
         soc_.uart0.receive_interrupt_enabled() && cpu_state(soc_.cpu0).can_wake;
}

/// Simulated time stands still meanwhile.
void SocMachine::wait_for_input() {
  constexpr std::chrono::milliseconds kLongest(100);  // until the next look at the interrupt flag
  outside_.wait(kLongest);
  input_came();
}

bool SocMachine::transport(tlm::tlm_command command, std::uint32_t address, std::uint8_t* data,
                           std::size_t bytes) const {
  return debug_transport(soc_.cpu0, command, address, data, bytes) == bytes;
}

std::optional<End> SocMachine::run_slice(std::uint64_t timeout_ps) {
  const std::uint64_t left = timeout_ps - std::min(timeout_ps, now_ps());
  if (left == 0) return End::kTimeout;
  // The end of sc_start does not hold the hart back, an event does. It must not hide a deadlock.
  if (left <= near_) timeout_.notify(sc_core::sc_time::from_value(left));
  sc_core::sc_start(std::min(kSlice, sc_core::sc_time::from_value(left)));
  timeout_.cancel();
  if (finisher_code_) return End::kFinisher;
  if (soc_.cpu0.is_held()) return std::nullopt;
  if (soc_.cpu0.halted_reason()) return End::kHalted;
  if (sc_core::sc_get_status() == sc_core::SC_STOPPED)
    return End::kInterrupted;  // by the waves: see close
  if (outside_.poll()) input_came();
  if (!sc_core::sc_pending_activity() && !waits_for_input()) return End::kDeadlock;
  return std::nullopt;
}

End SocMachine::run_to_end(std::uint64_t timeout_ps, const std::atomic<bool>& interrupted) {
  const auto must_end = [&] {
    if (outside_.poll()) input_came();
    return interrupted || outside_.wants_end();
  };
  for (;;) {
    if (debugger_ && !debugger_->attend(must_end)) return End::kInterrupted;
    if (interrupted || outside_.wants_end()) return End::kInterrupted;
    if (waits_for_input() && !soc_.cpu0.is_held()) {
      wait_for_input();
      continue;
    }
    const std::optional<End> end = run_slice(timeout_ps);
    if (end && !(debugger_ && debugger_->holds_at(*end, why(*end)))) return *end;
  }
}

Outcome SocMachine::run(std::uint64_t timeout_ps, const std::atomic<bool>& interrupted) {
  const End end = run_to_end(timeout_ps, interrupted);
  if (debugger_) debugger_->ended(end, finisher_code_.value_or(0));
  Outcome result = outcome(end);
  if (waves_) waves_->close();
  return result;
}

std::string SocMachine::why(End end) const {
  switch (end) {
    case End::kDeadlock:
      return "deadlock, nothing is pending and nothing ever will be";
    case End::kHalted:
      return "cpu0 cannot go on: " + soc_.cpu0.halted_reason().text();
    case End::kTimeout:
      return "the simulated time of --timeout is over";
    case End::kFinisher:
    case End::kInterrupted:
      break;
  }
  return {};
}

Outcome SocMachine::outcome(End end) const {
  Outcome out;
  out.end = end;
  out.finisher_code = finisher_code_.value_or(0);
  out.reason = soc_.cpu0.halted_reason().text();
  out.cpu_cycles = soc_.cpu0.cycles();
  out.cpu = cpu_state(soc_.cpu0);
  if (out.cpu.is_sleeping)
    out.waiting.emplace_back(out.cpu.can_wake
                                 ? "cpu0 waits for an interrupt"
                                 : "cpu0 is parked: it sleeps with every interrupt masked in mie");
  if (end == End::kDeadlock && hooks_.uart_input && soc_.uart0.receive_interrupt_enabled())
    out.waiting.emplace_back("uart0 waits for input, and none can come any more");
  for (std::uint32_t n = 0; n < soc_.npus.size(); ++n) {
    out.waiting.push_back(fmt::format("npu{}: {}", n, soc_.npus[n].activity()));
    if (const auto& wait = soc_.dma0.token_wait(n))
      out.waiting.push_back(fmt::format(
          "dma0 channel {}: descriptor {} waits for token {} to reach {}, it stands at {}", n,
          wait->descriptor, wait->token, wait->needed, soc_.npus[n].tokens.count(wait->token)));
  }
  for (const cairn::BusTransaction& t : soc_.bus.recent())
    out.transactions.push_back({t.begin.value(), t.initiator, t.target,
                                t.command == tlm::TLM_WRITE_COMMAND ? "write" : "read",
                                static_cast<std::uint32_t>(t.address), t.bytes,
                                status_text(t.status), place_of(soc_.bus, t.address)});
  return out;
}

}  // namespace

std::unique_ptr<Machine> make_soc(const MachineConfig& config, MachineHooks hooks) {
  return std::make_unique<SocMachine>(config, std::move(hooks));
}

}  // namespace cairn::platform
