// What a hart costs: cycles per class of instruction and per instruction fetch.
#pragma once

#include <cstdint>

namespace cairn::hart {

/// Cycles of one instruction of each class, without fetch and without the memory's own latency.
/// Every instruction takes at least one cycle; a 0 here counts as 1.
struct CycleCosts {
  std::uint32_t alu = 1;
  std::uint32_t load = 2;
  std::uint32_t store = 1;
  std::uint32_t branch_taken = 3;
  std::uint32_t branch_not_taken = 1;
  std::uint32_t jump = 3;
  std::uint32_t mul = 3;
  std::uint32_t div = 34;
  std::uint32_t csr = 2;  ///< also ecall, ebreak, mret and wfi
  std::uint32_t amo = 4;
  std::uint32_t fence = 1;
  std::uint32_t trap = 4;     ///< entering a trap handler, on top of the instruction that trapped
  std::uint32_t fp = 2;       ///< all of the F extension but its loads, stores and the next class
  std::uint32_t fp_div = 20;  ///< fdiv.s and fsqrt.s
};

/// An instruction cache that only costs time: it holds tags, no data. `lines` = 0: no cache, every
/// instruction reads one 32-bit word of its memory. All sizes are powers of two.
struct InstructionCacheConfig {
  std::uint32_t lines = 0;
  std::uint32_t line_bytes = 32;
  std::uint32_t ways = 2;
};

/// How instructions are executed; nothing but the speed depends on it.
enum class Engine : std::uint8_t {
  kStepwise,     ///< one at a time: slow, obvious, the oracle of the others
  kInterpreter,  ///< hot code block by block
  kTranslator,   ///< and very hot blocks as host code, where the host allows it (x86-64)
};

/// Optional parts of the instruction set; without them their encodings are illegal.
struct Extensions {
  bool has_float = false;     ///< F, single precision
  bool has_bitmanip = false;  ///< Zba and Zbb
};

struct HartConfig {
  std::uint32_t hart_id = 0;
  Engine engine = Engine::kTranslator;
  Extensions extensions;
  CycleCosts costs;
  InstructionCacheConfig instruction_cache;
};

}  // namespace cairn::hart
