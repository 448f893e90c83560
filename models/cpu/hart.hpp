// A RISC-V hart: RV32IMAC, optionally F, Zba and Zbb; Zicsr, Zifencei, machine and user mode, PMP.
// Plain C++, no SystemC.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cpu/hart_block_cache.hpp"
#include "models/cpu/hart_block_run.hpp"
#include "models/cpu/hart_bus.hpp"
#include "models/cpu/hart_code_cache.hpp"
#include "models/cpu/hart_config.hpp"
#include "models/cpu/hart_csr.hpp"
#include "models/cpu/hart_debug.hpp"
#include "models/cpu/hart_instruction_cache.hpp"
#include "models/cpu/hart_observer.hpp"
#include "models/cpu/hart_regions.hpp"
#include "models/cpu/hart_translator.hpp"
#include "models/cpu/hart_trap_stack.hpp"
#include "models/cpu/hart_traps.hpp"

namespace cairn::hart {

/// Why run() came back.
enum class Stop {
  kLimit,      ///< the next instruction would start at or after the limit
  kBusAccess,  ///< an access left direct memory; sample the interrupt lines, then go on
  kWfi,        ///< waiting for an interrupt that is not pending; nothing was executed since
  kHalted,     ///< stopped for good: see halt()
  kDebug,      ///< stands still for a debugger until resume(): see debug_stop()
};

enum class HaltReason { kNone, kNoTrapHandler, kTrapHandlerFaults, kEndlessTrap };

/// Why the hart stopped for good, and on which trap.
struct Halt {
  HaltReason reason = HaltReason::kNone;
  std::uint32_t mcause = 0;
  std::uint32_t mtval = 0;
  std::uint32_t pc = 0;  ///< the instruction that trapped

  explicit operator bool() const { return reason != HaltReason::kNone; }
  /// One sentence; empty if the hart runs.
  std::string text() const;
};

/// Executes instructions out of direct memory and calls the bus for everything else.
///
/// Time is a count of cycles since reset, the local time. An instruction belongs to its start
/// time: run(limit) executes every instruction that starts before `limit`, and the last one may
/// end after it. Interrupt lines are constant during a run.
///
/// Three engines execute the same instructions at the same cycles. The stepwise one goes
/// instruction by instruction, the oracle; it runs what is cold, slow, or left of a budget that no
/// block fits into. The block interpreter looks at the limit once a block. The translator turns
/// blocks that stay hot into host code. See HartConfig::engine.
class Hart final : private BlockExits {
 public:
  Hart(HartBus& bus, const HartConfig& config);
  Hart(const Hart&) = delete;
  Hart& operator=(const Hart&) = delete;

  /// Starts at `pc` with these arguments; other registers zero. Local time and direct regions stay.
  void reset(std::uint32_t pc, std::uint32_t a0, std::uint32_t a1);

  [[nodiscard]] Stop run(std::uint64_t limit_cycle);

  /// Levels of the three interrupt lines from now on: a mask of kSoftwareInterrupt etc.
  void set_interrupt_lines(std::uint32_t lines) { csrs_.mip = lines; }

  /// Executed WFI, and no interrupt enabled in mie is pending.
  bool waiting_for_interrupt() const { return waiting_ && csrs_.pending() == 0; }
  const Halt& halt() const { return halt_; }
  /// Traps entered and not left: for post-mortems.
  const TrapStack& traps() const { return traps_; }

  std::uint64_t cycle() const { return cycle_; }
  /// Lets time pass without instructions, as while waiting for an interrupt. Never goes back.
  void idle_until(std::uint64_t cycle);

  /// See RegionList; both also forget decoded code.
  void add_region(const DirectRegion& region);
  void remove_regions(std::uint32_t first, std::uint32_t last);
  RegionList& regions() { return regions_; }

  /// Somebody else wrote addr..addr+bytes-1: forget code decoded there and reservations.
  void invalidate(std::uint32_t addr, std::uint64_t bytes);

  std::uint32_t pc() const { return pc_; }
  std::uint64_t instret() const { return instret_; }
  std::uint32_t x(unsigned index) const { return x_[index]; }
  void set_x(unsigned index, std::uint32_t value) { x_[index == 0 ? kDiscard : index] = value; }
  /// For a debugger. Elsewhere, the hart no longer waits for an interrupt.
  void set_pc(std::uint32_t pc);
  const Extensions& extensions() const { return extensions_; }
  /// Floating-point registers; zero and without effect if the hart has none.
  std::uint32_t f(unsigned index) const { return csrs_.float_unit.f(index); }
  void set_f(unsigned index, std::uint32_t value) { csrs_.float_unit.set_f(index, value); }
  /// For a debugger; zero if it does not exist, and for `time`.
  std::uint32_t csr(std::uint32_t number) const;

  Privilege privilege() const { return csrs_.privilege(); }
  /// What permissions depend on, beside the PMP registers: 0 in machine mode, 1 in user mode, 2 in
  /// machine mode with data accesses as in user mode (MPRV).
  unsigned context() const;

  /// For a debugger; by the rules of a CSR instruction. Nothing where it does not exist or is read
  /// only.
  void set_csr(std::uint32_t number, std::uint32_t value);

  // For a debugger, between runs (hart_debug.cpp). None of these costs simulated time.
  /// Stops before the instruction at `addr`, whatever its length.
  void set_breakpoint(std::uint32_t addr);
  void clear_breakpoint(std::uint32_t addr);
  void set_watchpoint(const Watchpoint& watchpoint);
  void clear_watchpoint(const Watchpoint& watchpoint);  ///< one that was set so
  const DebugStop& debug_stop() const { return debug_.stop(); }
  /// The next run() comes back at once.
  void request_debug_stop() { debug_.stop_for({.reason = DebugReason::kRequest}); }
  /// Ends a debug stop. A breakpoint at pc is passed once. `step`: the hart stops again after one
  /// instruction, or at the first instruction of the handler if it traps; one that waits for an
  /// interrupt first waits.
  void resume(bool step);

  void set_observer(HartObserver* observer) { observer_ = observer; }

 private:
  /// Consecutive decoded instructions to execute from; the region is null if fetched over the bus.
  struct CodeWindow {
    std::uint32_t base = 0;
    std::uint32_t bytes = 0;
    const Instruction* slots = nullptr;
    DirectRegion* region = nullptr;
    bool single = false;       ///< exactly one instruction is executed, even if it jumps to itself
    CodePage* page = nullptr;  ///< null if fetched over the bus
  };
  enum class Extent {
    kToLimit,
    kPastTransfer,    ///< to the limit, but not beyond the next branch or jump
    kOneInstruction,  ///< whatever the limit is
  };
  /// A data access on its way: where time stands, and which address failed.
  struct Access {
    std::uint64_t cycle = 0;
    std::uint32_t value = 0;
    std::uint32_t failed_addr = 0;
  };

  // hart.cpp
  Stop run_freely(std::uint64_t limit_cycle);
  /// run_freely() comes back after the instruction under way.
  void leave() { bus_used_ = true; }
  void take_interrupt();
  void trap(std::uint32_t mcause, std::uint32_t mtval);
  void exception(Cause cause, std::uint32_t mtval);

  // hart_debug.cpp
  Stop run_debugged(std::uint64_t limit_cycle);
  bool passes_breakpoint();
  void accessed(std::uint32_t addr, unsigned bytes, AccessKind kind);

  // hart_fetch.cpp
  bool find_code(CodeWindow& window);  ///< false: the fetch trapped
  bool fetch_instruction(std::uint32_t& bits, std::uint32_t& failed_addr);
  bool fetch_bytes(std::uint32_t addr, unsigned bytes, std::uint32_t& value);
  bool decode_direct(std::uint32_t pc, const DirectRegion& region, Instruction& slot) const;
  void finish_decoding(Instruction& in, const DirectRegion* region) const;
  std::uint64_t fetch_line(std::uint32_t pc, DirectRegion* region);
  void count_fetches(DirectRegion* region, std::uint64_t instructions) const;

  // hart_execute.cpp
  /// Null at the limit or outside the window, else the slow instruction at pc, not yet started.
  const Instruction* execute(const CodeWindow& window, std::uint64_t limit, Extent extent);
  template <typename T>
  bool load_direct(std::uint32_t addr, std::uint32_t& value, std::uint64_t& cycle);
  template <typename T>
  bool store_direct(std::uint32_t addr, std::uint32_t value, std::uint64_t& cycle);
  void report_jump(const Instruction& in, std::uint32_t target, std::uint64_t cycle);

  // hart_blocks.cpp: hot code
  void start_engine();
  /// Runs blocks from pc on; says what the stepwise engine is to do next.
  Extent run_blocks(std::uint64_t limit);
  BlockCache* block_cache();
  const DirectWindow& data_window();
  Block* find_block(BlockCache& cache, Extent& extent);
  bool prepare(Block& block, BlockCache& cache);
  bool shorten_block(BlockCache& cache);
  void take_over(const BlockCache& cache, std::uint64_t limit);
  void leave_before(const Block& block, std::size_t index, BlockRun& run) const override;
  void forget_blocks();
  bool access_elsewhere(const Block& block, unsigned index, BlockRun& run) override;

  /// Cycles of a taken branch over those of one not taken.
  std::int32_t taken_extra() const {
    return static_cast<std::int32_t>(costs_.branch_taken) -
           static_cast<std::int32_t>(costs_.branch_not_taken);
  }

  // hart_interpreter.cpp
  /// Runs blocks until the budget ends or one of them needs something else; see BlockRun.
  void interpret(Block* block, BlockCache& cache, BlockRun& run);

  // hart_slow.cpp: instructions that may trap, leave direct memory or change the hart's state
  void execute_slow(Instruction in);
  void load_slow(const Instruction& in);
  void store_slow(const Instruction& in);
  void system(const Instruction& in);
  bool semihost(const Instruction& in);  // hart_semihost.cpp
  void access_csr(const Instruction& in);
  void retire(const Instruction& in, std::uint64_t cycle);

  // hart_observe.cpp
  /// What the instruction at pc is going to do; `cycle` is when its fetch began.
  Executed about_to_execute(const Instruction& in, std::uint64_t cycle) const;
  void report_executed(Executed step, std::uint64_t instret_before);

  // hart_atomic.cpp
  void atomic(const Instruction& in);
  void load_reserved(const Instruction& in);
  void store_conditional(const Instruction& in);
  bool reservation_holds(std::uint32_t addr);

  // hart_float_execute.cpp: the F extension
  void execute_float(const Instruction& in);
  void load_float(const Instruction& in);
  void store_float(const Instruction& in);

  // hart_memory.cpp
  /// Opens the window around an access of this kind; false: the access needs the slow path.
  bool open_window(std::uint32_t addr, unsigned bytes, AccessKind kind, DirectWindow& window);
  /// For whatever changes what accesses and fetches are allowed.
  void close_windows();
  void enter_context();  ///< another one, whose permissions are as they were
  // Any address, any alignment; false: `access.failed_addr` faults.
  bool read(std::uint32_t addr, unsigned bytes, Access& access);
  bool write(std::uint32_t addr, unsigned bytes, std::uint32_t value, Access& access);
  BusAnswer used(BusAnswer answer);

  // hart_protection.cpp
  bool allowed(std::uint32_t addr, unsigned bytes, AccessKind kind) const;
  /// Cuts the window down to addresses around `addr` with the same permissions.
  void restrict_to_permissions(DirectWindow& window, std::uint32_t addr, AccessKind kind) const;
  /// Where in pc's page, around pc, an instruction may start that needs no check: not in the last
  /// parcel before bytes that may not be executed. False: nowhere, fetch it parcel by parcel.
  bool find_executable(std::uint32_t pc, AddressRange& range);

  /// `change` may change the mode.
  template <typename Change>
  void change_context(Change change) {
    const unsigned before = context();
    change();
    if (context() != before) enter_context();
  }
  /// The largest direct memory that may be both read and written.
  DirectWindow find_data_window();

  /// For reading or writing this CSR.
  Totals totals(std::uint32_t csr_number) const;
  /// One that exists, and all that follows from it.
  void write_csr(std::uint32_t number, std::uint32_t value);

  HartBus& bus_;
  HartObserver* observer_ = nullptr;
  CycleCosts costs_;
  Extensions extensions_;
  std::array<std::uint32_t, 33> x_{};  // the last one takes the writes to x0
  std::uint32_t pc_ = 0;
  std::uint64_t cycle_ = 0;
  std::uint64_t instret_ = 0;
  CsrFile csrs_;
  EventCounts events_;  // but for those of direct memory, which its regions count
  bool waiting_ = false;
  bool bus_used_ = false;  // since run() was last entered, or a reason to leave it
  Halt halt_;
  bool trapped_ = false;               // since reset
  std::uint64_t instret_at_trap_ = 0;  // of the last trap
  TrapStack traps_;

  DebugState debug_;
  RegionList regions_;
  DirectWindow read_window_;
  DirectWindow write_window_;
  RecentWindows recent_reads_;
  RecentWindows recent_writes_;
  AddressRange executable_ = kNoAddress;  ///< may be executed in the present mode

  CodeCache code_;
  std::vector<std::unique_ptr<BlockCache>> block_caches_;
  BlockCache* block_cache_ = nullptr;                        // the one used last in this context
  std::array<std::optional<DirectWindow>, 3> data_windows_;  // of each context, once known
  BlockRun block_run_;
  StepHandlers handlers_;
  DirectRegion nowhere_;  // of the data window where there is none
  Engine engine_;
  std::unique_ptr<Translator> translator_;  // null without one
  Instruction fetched_;                     // the one instruction fetched over the bus
  InstructionCache instruction_cache_;
  std::uint32_t line_mask_ = 0;  // zero without an instruction cache
  std::uint32_t line_ = 1;       // address of the line in use; odd: none

  struct Reservation {
    bool valid = false;
    std::uint32_t addr = 0;
    std::uint32_t value = 0;
  } reservation_;
};

}  // namespace cairn::hart
