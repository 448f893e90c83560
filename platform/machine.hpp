// The simulated machine as the rest of the platform sees it. No SystemC: time is counted in
// picoseconds.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/cpu/hart_observer.hpp"
#include "models/cpu/hart_trap_stack.hpp"
#include "platform/gdb/options.hpp"
#include "platform/machine_config.hpp"
#include "platform/pollable.hpp"
#include "platform/semihosting/semihost_call.hpp"

namespace cairn::platform {

/// Why an NPU did not compute in a cycle.
enum class Stall : std::uint8_t {
  kToken,
  kFeaturePort,
  kWeightPort,
  kCommandFetch,
  kDrain,
  kCells
};
constexpr std::size_t kStallCauses = 6;
/// The name in tables and JSON: "token", "feature_port", ...
std::string_view name_of(Stall cause);

/// What an array inside a memory did; zeros where a core has nothing of the kind.
struct ArrayActivity {
  std::uint64_t searches = 0;       ///< that found something
  std::uint64_t accumulations = 0;  ///< steps that add up what searches counted
  std::uint64_t matches = 0;        ///< entries, over all searches
  std::uint64_t multiplications = 0;
  std::uint64_t loads = 0;        ///< operands written into entries
  std::uint64_t evaluations = 0;  ///< of analogue dot products, all rows at once
  std::uint64_t rows = 0;         ///< that took part, over all evaluations
  std::uint64_t conversions = 0;  ///< from analogue to digital
  std::uint64_t cell_writes = 0;  ///< bits

  ArrayActivity& operator+=(const ArrayActivity& o) {
    searches += o.searches;
    accumulations += o.accumulations;
    matches += o.matches;
    multiplications += o.multiplications;
    loads += o.loads;
    evaluations += o.evaluations;
    rows += o.rows;
    conversions += o.conversions;
    cell_writes += o.cell_writes;
    return *this;
  }
};

/// What one tile of a layer did, posted when its last feature is written.
struct TileRecord {
  std::uint32_t npu = 0;
  std::uint32_t inference = 0;  ///< jobs this NPU finished before; a set-up is one, too
  std::uint32_t layer = 0;      ///< Command::layer
  std::uint64_t cycles = 0;     ///< NPU clock cycles from start to end, stalls included
  std::uint64_t macs = 0;
  std::uint64_t macs_skipped = 0;
  std::array<std::uint64_t, kStallCauses> stall_cycles{};  ///< by Stall
  std::uint64_t feature_words_read = 0;                    ///< 64-bit SRAM words
  std::uint64_t feature_words_written = 0;
  std::uint64_t feature_elements_read = 0;
  std::uint64_t feature_elements_written = 0;
  std::uint64_t weight_words_read = 0;
  std::uint64_t buffer_words_read = 0;  ///< of the buffer inside the core
  std::uint64_t buffer_words_written = 0;
  std::uint64_t buffer_elements_read = 0;
  std::uint64_t buffer_elements_written = 0;
  std::uint64_t peak_feature_bits = 0;
  std::uint64_t overflows = 0;  ///< accumulators that left int32 and were saturated
  ArrayActivity array{};
  std::uint64_t start_ps = 0, end_ps = 0;
  std::uint32_t millivolt = 0;  ///< at the end; a tile runs at one voltage
};

/// Bytes that pass the bus ports of an NPU's SRAMs.
struct SramTraffic {
  std::uint64_t features_read = 0, features_written = 0;
  std::uint64_t weights_written = 0;
  std::uint64_t buffer_read = 0, buffer_written = 0;
};

/// One finished DMA descriptor.
struct TransferRecord {
  std::uint32_t npu = 0;         ///< the channel's NPU
  std::uint32_t layer = 0;       ///< Descriptor::layer
  std::uint64_t dram_bytes = 0;  ///< bytes read from plus bytes written to DRAM
  SramTraffic sram_bytes{};
  std::uint32_t inference = 0;  ///< as in TileRecord
};

/// An NPU's clock and voltage from a time on.
struct PointRecord {
  std::uint32_t npu = 0;
  std::uint64_t time_ps = 0;
  std::uint64_t clock_hz = 0;
  std::uint32_t millivolt = 0;
};

/// Listens to cpu0 from one simulated time to another, the latter excluded.
struct Observation {
  hart::HartObserver* observer = nullptr;
  std::uint64_t from_ps = 0;
  std::uint64_t to_ps = UINT64_MAX;
};

/// Called from inside the simulation. Empty functions are not called.
struct MachineHooks {
  std::function<void(const TileRecord&)> tile;
  std::function<void(const TransferRecord&)> transfer;
  std::function<void(const PointRecord&)> point;  ///< of each change through power0
  std::function<void(char)> uart;  ///< a byte sent by the firmware
  /// The next byte for the firmware, if there is one; asked at the line's speed.
  std::function<std::optional<std::uint8_t>()> uart_input;
  /// A semihosting call; without this function EBREAK is always a breakpoint exception.
  std::function<SemihostAnswer(const SemihostCall&)> semihost;
  /// Looked at between slices of the simulation; they outlive the machine.
  std::vector<Pollable*> pollables;
  std::function<std::string_view(std::uint32_t)>
      function_name;                      ///< of a program counter; empty: unknown
  std::vector<std::string> layer_names;   ///< for the waves, by Command::layer
  std::vector<Observation> observations;  ///< they outlive the machine
};

enum class End : std::uint8_t {
  kFinisher,     ///< the firmware ended the simulation itself, by the finisher or tohost
  kDeadlock,     ///< nothing is pending and nothing ever will be
  kHalted,       ///< the hart cannot go on (bus error nobody handled, trap without a handler)
  kTimeout,      ///< simulated time is up
  kInterrupted,  ///< the user asked to stop
};

/// One of the last bus transactions before the end.
struct BusTransaction {
  std::uint64_t time_ps = 0;
  std::string initiator;  ///< "soc.dma0"
  std::string target;     ///< "soc.dram"; empty if the address did not decode
  std::string command;    ///< "read", "write"
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
  std::string status;  ///< "ok", "address error", ...
  std::string place;   ///< "npu0.status", "dram+0x1f40"; empty where nothing is
};

/// cpu0 at the end.
struct CpuState {
  std::uint32_t pc = 0;
  std::array<std::uint32_t, 32> x{};
  std::vector<std::pair<std::uint32_t, std::uint32_t>> csrs;  ///< number and value
  std::vector<hart::TrapFrame> traps;                         ///< entered and not left
  std::optional<hart::TrapFrame> fatal;                       ///< the one that it could not enter
  bool is_sleeping = false;                                   ///< in wfi
  bool can_wake = true;                                       ///< some interrupt is enabled in mie
};

/// How a run ended.
struct Outcome {
  End end = End::kFinisher;
  std::uint32_t finisher_code = 0;  ///< kFinisher only: 0 is a pass
  std::string
      reason;  ///< kHalted: why, as a clause ("load access fault at 0x0 with no trap handler")
  CpuState cpu;
  std::uint64_t cpu_cycles = 0;              ///< of cpu0 since reset, sleep included
  std::vector<std::string> waiting;          ///< who waits for what, one sentence each
  std::vector<BusTransaction> transactions;  ///< oldest first

  bool passed() const { return end == End::kFinisher && finisher_code == 0; }
};

/// One elaborated SoC. One per process: SystemC elaborates once.
class Machine {
 public:
  virtual ~Machine() = default;

  /// Writes through the debug transport (read-only memories too); no time passes. False if any byte
  /// has no memory behind it; nothing is written then.
  [[nodiscard]] virtual bool load(std::uint32_t address, std::span<const std::uint8_t> bytes) = 0;
  /// Reads through the debug transport: no time passes, no side effect. False if any byte has no
  /// memory behind it.
  [[nodiscard]] virtual bool peek(std::uint32_t address, std::span<std::uint8_t> bytes) const = 0;

  /// Where cpu0 starts; a0 is the hart's id, a1 is `a1`.
  virtual void start_at(std::uint32_t entry, std::uint32_t a1) = 0;
  /// Calls `stored` right after each store of cpu0 that touches these bytes; a value that it
  /// returns ends the run as the finisher does, with that code. Before run(), once.
  virtual void watch_stores(std::uint32_t address, std::uint32_t bytes,
                            std::function<std::optional<std::uint32_t>()> stored) = 0;
  /// Before run(). Throws InputError if the file cannot be written.
  virtual void attach_waves(const std::filesystem::path& vcd) = 0;
  /// Before run(), after start_at(): serves debuggers from then on. `log` hears where. Throws
  /// InputError if nobody can listen there.
  virtual void attach_debugger(const gdb::Options& options, std::ostream& log) = 0;

  /// Runs to the end. Looks at `interrupted` at least every few milliseconds of host time. Called
  /// once.
  [[nodiscard]] virtual Outcome run(std::uint64_t timeout_ps,
                                    const std::atomic<bool>& interrupted) = 0;

  virtual std::uint64_t now_ps() const = 0;
  virtual std::uint64_t instructions() const = 0;  ///< retired by cpu0
  virtual double kernel_seconds() const = 0;       ///< host time inside the NPUs' kernels
};

/// Builds the machine. The wiring's (soc.cpp) is make_soc; tests bring their own.
using MachineFactory = std::function<std::unique_ptr<Machine>(const MachineConfig&, MachineHooks)>;
std::unique_ptr<Machine> make_soc(const MachineConfig& config, MachineHooks hooks);

}  // namespace cairn::platform
