#include "models/npu/npu.hpp"

#include <array>
#include <string>

#include "job_format.hpp"
#include "npu_regs.hpp"

namespace cairn {

using namespace npu_regs;
using npu::Counter;
using npu::ErrorCode;
using npu::Fault;

namespace {

constexpr std::array<const char*, 6> kStateNames = {"idle",    "fetch", "wait",
                                                    "compute", "drain", "error"};

BankedSramOptions sram_options(std::uint64_t bits, unsigned banks, std::uint64_t clock_hz) {
  BankedSramOptions options;
  options.bits = bits;
  options.banks = banks;
  options.clock_hz = clock_hz;
  return options;
}

}  // namespace

Npu::Npu(sc_core::sc_module_name name, const NpuOptions& options)
    : Peripheral(name, kRegisters),
      features("features", sram_options(options.geometry.feature_bits, options.feature_banks,
                                        options.points.at(options.first_point).clock_hz)),
      weights("weights", sram_options(8ull * options.geometry.weight_bytes, options.weight_banks,
                                      options.points.at(options.first_point).clock_hz)),
      buffer("buffer", sram_options(8ull * options.geometry.buffer_bytes, options.feature_banks,
                                    options.points.at(options.first_point).clock_hz)),
      domain(options.points, options.first_point, options.settle),
      clock_(options.points.at(options.first_point).clock_hz),
      core_(npu::make_core(options.core, options.geometry, options.arithmetic)),
      space_(features.bits(), buffer.bits()),
      trace_state_("state", kStateNames) {
  regs.set<id::core>(options.geometry.core_id);
  regs.set<geometry::hash>(options.geometry.hash());
  regs.set<capability::feature_bits>(8);
  regs.set<capability::weight_bits>(8);
  regs.set<capability::job_version>(job::kVersion);
  regs.set<features_bytes::bytes>(static_cast<std::uint32_t>(features.bytes()));
  regs.set<weights_bytes::bytes>(static_cast<std::uint32_t>(weights.bytes()));
  regs.set<buffer_bytes::bytes>(static_cast<std::uint32_t>(buffer.bytes()));
  regs.after_write<ctrl>([this] { start(); });
  regs.after_write<snapshot>([this] { latch(); });
  regs.after_write<irq_status>([this] { update_irq(); });
  regs.after_write<irq_enable>([this] { update_irq(); });
  for (BankedSram* const memory : {&features, &buffer})
    memory->on_bus_write([this, memory](std::uint64_t begin, std::uint64_t count) {
      for (const auto& run : slots_)
        if (run != nullptr) run->features_change(*memory, begin, count);
    });
  weights.on_bus_write([this](std::uint64_t begin, std::uint64_t count) {
    for (const auto& run : slots_)
      if (run != nullptr) run->weights_change(begin, count);
  });
  enter(State::idle);
  SC_THREAD(sequence);
  set_stack_size(1 << 20);
}

void Npu::start() {
  if (regs.get<ctrl::reset>() != 0) reset();
  if (regs.get<ctrl::abort>() != 0 && busy_) {
    abort_ = true;
    abort_event_.notify(sc_core::SC_ZERO_TIME);
  }
  if (regs.get<ctrl::start>() != 0 && !busy_) {
    busy_ = true;
    abort_ = false;
    regs.set<status::busy>(1);
    regs.set<error_code::code>(0);
    tokens.clear();
    start_.notify(sc_core::SC_ZERO_TIME);
  }
  regs.set<ctrl::start>(0);
  regs.set<ctrl::abort>(0);
  regs.set<ctrl::reset>(0);
}

void Npu::reset() {
  if (busy_) {
    abort_ = true;
    abort_event_.notify(sc_core::SC_ZERO_TIME);
  }
  counters_ = {};
  regs.set<irq_status::done>(0);
  regs.set<irq_status::error>(0);
  regs.set<error_code::code>(0);
  update_irq();
}

void Npu::latch() {
  if (regs.get<snapshot::latch>() != 0)
    for (std::uint32_t i = 0; i < npu::kCounterCount; ++i) {
      const std::uint64_t value = counters_[static_cast<Counter>(i)];
      regs.set<counter_low::value>(i, static_cast<std::uint32_t>(value));
      regs.set<counter_high::value>(i, static_cast<std::uint32_t>(value >> 32));
    }
  if (regs.get<snapshot::clear>() != 0) counters_ = {};
  regs.set<snapshot::latch>(0);
  regs.set<snapshot::clear>(0);
}

void Npu::update_irq() {
  irq.set((regs.get<irq_enable::done>() & regs.get<irq_status::done>()) != 0 ||
          (regs.get<irq_enable::error>() & regs.get<irq_status::error>()) != 0);
}

void Npu::enter(State state) {
  state_ = state;
  regs.set<status::state>(static_cast<std::uint32_t>(state));
  trace_state_.set(state);
}

void Npu::sequence() {
  for (;;) {
    while (!busy_) {
      wait(start_ | domain.asked());
      change_point();
    }
    Fault fault;
    origin_ = sc_core::sc_time_stamp();
    origin_cycle_ = cycle_ = 0;
    pending_ = {};
    space_.clear();
    next_valid_ = false;
    try {
      run_job();
    } catch (const Fault& f) {
      fault = f;
    }
    finish(fault);
    ++jobs_;
  }
}

void Npu::finish(const Fault& fault) {
  slots_ = {};
  counters_.add(Counter::cycles, now_cycle());
  counters_.add(Counter::jobs, 1);
  const bool failed = fault.code != ErrorCode::none;
  if (failed) {
    regs.set<error_code::code>(static_cast<std::uint32_t>(fault.code));
    regs.set<error_command::index>(index_);
    regs.set<error_address::address>(fault.address);
    trace_error_.set(fault.reason);
  }
  enter(failed ? State::error : State::idle);
  trace_layer_.set("");
  busy_ = false;
  regs.set<status::busy>(0);
  if (failed)
    regs.set<irq_status::error>(1);
  else
    regs.set<irq_status::done>(1);
  update_irq();
}

std::string Npu::activity() const {
  const std::string where = "command " + std::to_string(index_);
  switch (state_) {
    case State::idle:
      return "idle";
    case State::fetch:
      return "fetching " + where;
    case State::wait_token:
      return where + " waits for token " + std::to_string(command_.wait_token) + " to reach " +
             std::to_string(command_.wait_count) + ", it stands at " +
             std::to_string(tokens.count(command_.wait_token));
    case State::compute:
    case State::drain:
      return "computing " + where;
    case State::error:
      return "stopped with error code " + std::to_string(regs.get<error_code::code>()) + " at " +
             where;
  }
  return {};
}

}  // namespace cairn
