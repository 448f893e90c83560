// The NPU shell: registers, command sequencer, counters and interrupt around one accelerator core.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

#include "models/kit/clock.hpp"
#include "models/kit/initiator.hpp"
#include "models/kit/irq.hpp"
#include "models/kit/peripheral.hpp"
#include "models/kit/power_domain.hpp"
#include "models/kit/stopwatch.hpp"
#include "models/kit/tokens.hpp"
#include "models/kit/trace.hpp"
#include "models/memory/banked_sram.hpp"
#include "models/npu/core.hpp"
#include "models/npu/counters.hpp"
#include "models/npu/feature_space.hpp"
#include "models/npu/layer_run.hpp"
#include "models/npu/prepared_layer.hpp"

namespace cairn {

struct NpuOptions {
  std::string core = "ms";
  npu::Geometry geometry;
  std::vector<kit::ClockAndSupply> points = {
      {800'000'000, 900}};      ///< the power controller's choice
  std::size_t first_point = 0;  ///< holds at the start
  sc_core::sc_time settle;      ///< the clock's standstill while it changes
  unsigned feature_banks = 4;   ///< 64 bits each, all at once
  unsigned weight_banks = 8;
  npu::Arithmetic arithmetic;
};

/// One tile of a layer, or one region of cells, as it ran, from the end of the tile before it:
/// waiting counts.
struct TileRecord {
  std::uint64_t job = 0;  ///< jobs this NPU started before this one
  std::uint16_t layer = 0;
  npu::Counters counters;  ///< of this tile alone
  sc_core::sc_time start, end;
  std::uint32_t millivolt = 0;  ///< a tile runs at one voltage
};

/// Walks a command list in memory: fetches a command, waits for its token, lets the core run the
/// tile on the SRAMs step by step, signals. The next command is fetched while a tile computes.
/// Layers sit in slots, so that the tiles of two can take turns.
///
/// ctrl.start zeroes the tokens, so the NPU is started before its DMA channel. A tile that fails
/// leaves the job with irq_status.error, the code, the command and the address.
class Npu : public kit::Peripheral {
 public:
  kit::Initiator master{"master"};
  kit::IrqOut irq{"irq"};
  BankedSram features;
  BankedSram weights;
  BankedSram buffer;  ///< rows of a stream, pixels between two fused layers; as wide as the array
  kit::Tokens tokens;
  kit::PowerDomain domain;

  SC_HAS_PROCESS(Npu);
  Npu(sc_core::sc_module_name name, const NpuOptions& options);

  const npu::Core& core() const { return *core_; }
  const npu::Counters& counters() const { return counters_; }
  std::uint64_t jobs() const { return jobs_; }  ///< ended so far
  /// Called after each tile and each region of cells, in the NPU's process.
  std::function<void(const TileRecord&)> on_tile;
  /// Names for the waves; layer number -> name.
  void set_layer_names(std::vector<std::string> names) { layer_names_ = std::move(names); }

  /// Host time spent in kernels, with unpacking, requantisation, packing and counting; schedules
  /// are not in it.
  double host_seconds() const { return host_time_.seconds(); }

  /// What the sequencer does, in words, for a post-mortem.
  std::string activity() const;

 private:
  enum class State : std::uint8_t { idle, fetch, wait_token, compute, drain, error };

  void sequence();  // thread
  void run_job();   // throws npu::Fault
  void prefetch(std::uint32_t index);
  job::Command fetch(std::uint32_t index, npu::Counters& counters);
  void wait_for_token(const job::Command& command, npu::Counters& counters);
  void perform(const job::Command& command, npu::Counters& counters);
  void put_layer(const job::LayerCommand& command);
  void run_tile(const job::TileCommand& command, npu::Counters& counters);
  void load_cells(const job::CellsCommand& command, npu::Counters& counters);
  void run_steps(npu::LayerRun& run, bool is_last, npu::Counters& counters);
  void count_accesses(npu::Counters& counters);
  std::uint64_t step_end(std::uint64_t compute_cycles, const npu::PortWords& words,
                         npu::Counters& counters);
  npu::PreparedLayer& prepare(const numbers::Layer& layer);
  npu::LayerRun& slot(std::uint8_t number);

  /// Between the job's cycles and simulated time, with the clock that holds now.
  std::uint64_t cycle_at(sc_core::sc_time time) const;
  sc_core::sc_time time_at(std::uint64_t cycle) const;
  std::uint64_t now_cycle() const { return cycle_at(sc_core::sc_time_stamp()); }
  /// Takes the operating point that the power controller asks for, if it does.
  void change_point();
  void advance_to(std::uint64_t cycle);
  void enter(State state);
  void finish(const npu::Fault& fault);
  void start();
  void reset();
  void latch();
  void update_irq();
  void trace_occupancy();

  kit::Clock clock_;
  std::unique_ptr<npu::Core> core_;
  npu::Counters counters_;
  npu::FeatureSpace space_;
  std::array<std::unique_ptr<npu::LayerRun>, 4> slots_;
  std::vector<std::unique_ptr<npu::PreparedLayer>> prepared_;  // by index of the layer's command
  AccessCounts features_before_, buffer_before_, weights_before_;
  std::vector<std::string> layer_names_;

  State state_ = State::idle;
  bool busy_ = false, abort_ = false;
  std::uint64_t jobs_ = 0;   // started so far; unlike the counter, software cannot clear it
  std::uint32_t index_ = 0;  // of the current command
  job::Command command_{};   // the current command
  sc_core::sc_time origin_;  // time of the job's cycle origin_cycle_, with the clock that holds
  std::uint64_t origin_cycle_ = 0;
  std::uint64_t cycle_ = 0;  // the job's cycle that has been reached
  npu::PortWords pending_;   // written by the last step, still to pass the ports
  job::Command next_{};      // prefetched
  std::uint32_t next_index_ = 0;
  bool next_valid_ = false;
  tlm::tlm_response_status next_status_ = tlm::TLM_OK_RESPONSE;
  sc_core::sc_time next_ready_;
  sc_core::sc_event start_{"start"}, abort_event_{"abort_event"};

  kit::Stopwatch host_time_;

  kit::trace::Enumeration trace_state_;
  kit::trace::Text trace_layer_{"layer"};
  kit::trace::Vector trace_command_{"command", 16};
  kit::trace::Real trace_occupied_{"occupancy"};
  kit::trace::Text trace_error_{"error"};
};

}  // namespace cairn
