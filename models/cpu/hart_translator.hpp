// Blocks as host code (x86-64), through asmjit.
#pragma once

#include <cstdint>
#include <memory>

#include "models/cpu/hart_block_cache.hpp"
#include "models/cpu/hart_block_run.hpp"
#include "models/cpu/hart_observer.hpp"

namespace cairn::hart {

/// What translated code works on.
struct TranslatorContext {
  std::uint32_t* x = nullptr;  ///< the 32 registers and the one that takes writes to x0
  BlockRun* run = nullptr;
  HartObserver* const* observer = nullptr;  ///< calls and returns leave while there is one
  BlockExits* exits = nullptr;
  std::int32_t taken_extra = 0;  ///< cycles of a taken branch over those of one not taken
};

/// Each block becomes host code that pays for all of itself at its entry, jumps to the blocks that
/// follow it once they are translated, and leaves wherever the interpreter would.
class Translator {
 public:
  /// Null where there is none for this host, or where it forbids code made at run time.
  static std::unique_ptr<Translator> create(const TranslatorContext& context);
  virtual ~Translator() = default;

  /// Sets Block::host_code; that of Block::shorter, if any, must be set. False: no room left;
  /// forget all blocks, then clear().
  [[nodiscard]] virtual bool translate(Block& block, const BlockCache& cache) = 0;
  /// Runs a translated block and what follows it; `context.run` says how it ended.
  virtual void run(const Block& block, BlockCache& cache) = 0;
  /// Forgets all translations; no block may refer to one any more.
  virtual void clear() = 0;
  /// Host code of a block that is not translated: leaves for it.
  virtual const void* way_back() const = 0;
};

}  // namespace cairn::hart
