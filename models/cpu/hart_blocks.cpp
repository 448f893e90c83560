// Hot code: finds and makes blocks, runs them on the interpreter or as host code, and keeps the
// hart's own state exact wherever a run of blocks ends.
#include <algorithm>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_direct_access.hpp"

namespace cairn::hart {
namespace {

/// Entries by the stepwise engine before code becomes a block, and by the interpreter before a
/// block becomes host code.
constexpr std::uint8_t kWarm = 4;
constexpr std::uint32_t kHot = 64;
constexpr std::uint32_t kNever = ~0u;
/// Programs with more different permissions than this begin again from time to time.
constexpr std::size_t kMaxCaches = 16;

}  // namespace

void Hart::start_engine() {
  if (engine_ == Engine::kStepwise) return;
  BlockRun none;
  DirectRegion no_region;
  BlockCache no_cache(&no_region, {}, {}, {});
  interpret(nullptr, no_cache, none);  // fills in its handlers
  if (engine_ == Engine::kTranslator)
    translator_ = Translator::create({.x = x_.data(),
                                      .run = &block_run_,
                                      .observer = &observer_,
                                      .exits = this,
                                      .taken_extra = taken_extra()});
}

Hart::Extent Hart::run_blocks(std::uint64_t limit) {
  limit = std::min(limit, cycle_ + kMaxRunCycles);
  Extent extent = Extent::kToLimit;
  while (cycle_ < limit) {
    BlockCache* const cache = block_cache();
    if (cache == nullptr) return Extent::kPastTransfer;
    Block* const block = find_block(*cache, extent);
    if (block == nullptr) return extent;
    if (block->patience == 0 && !prepare(*block, *cache)) continue;
    const auto left = static_cast<std::int64_t>(limit - cycle_);
    const Block& least = block->shorter != nullptr ? *block->shorter : *block;
    if (left < least.need) {
      if (!shorten_block(*cache)) return Extent::kToLimit;
      continue;
    }
    block_run_ = {.left = left, .tally = {}, .pc = pc_};
    if (translator_ != nullptr && block->patience == 0)
      translator_->run(*block, *cache);
    else
      interpret(block, *cache, block_run_);
    take_over(*cache, limit);
    if (block_run_.leave == Leave::kBudget && !shorten_block(*cache)) return Extent::kToLimit;
    if (block_run_.leave == Leave::kInstruction) return Extent::kOneInstruction;
  }
  return extent;
}

/// For code at pc; null if it is not in direct memory that is decoded by pages, or may not be
/// executed. Blocks depend on the mode and its permissions by what may be executed and by their
/// data window only: modes and tasks in which both are the same share them.
BlockCache* Hart::block_cache() {
  AddressRange range;
  if (!find_executable(pc_, range)) return nullptr;
  const auto holds = [&](const BlockCache* cache) {
    return cache->region()->contains(page_of(pc_), kPageBytes) &&
           cache->executable() == executable_;
  };
  if (block_cache_ != nullptr && holds(block_cache_)) return block_cache_;
  const DirectWindow& data = data_window();
  const auto found = std::ranges::find_if(block_caches_, [&](const auto& cache) {
    return holds(cache.get()) && cache->data() == data;
  });
  if (found != block_caches_.end()) return block_cache_ = found->get();
  DirectRegion* const region = regions_.find(page_of(pc_), kPageBytes);
  if (region == nullptr || !region->readable) return nullptr;
  if (block_caches_.size() == kMaxCaches) forget_blocks();
  block_caches_.push_back(std::make_unique<BlockCache>(
      region, executable_, data,
      BlockCache::Making{.cache = &instruction_cache_,
                         .handlers = &handlers_,
                         .way_back = translator_ ? translator_->way_back() : nullptr,
                         .patience = translator_ ? kHot : kNever,
                         .taken_extra = taken_extra()}));
  return block_cache_ = block_caches_.back().get();
}

/// Where blocks of this context expect their data.
const DirectWindow& Hart::data_window() {
  std::optional<DirectWindow>& window = data_windows_[context()];
  if (!window) window = find_data_window();
  return *window;
}

/// Null, and what to do instead, if the code at pc is cold or begins with a slow instruction.
Block* Hart::find_block(BlockCache& cache, Extent& extent) {
  if (Block* const block = cache.find(pc_)) return block;
  extent = Extent::kPastTransfer;
  CodePage* const page = code_.find(pc_);
  if (page == nullptr) return nullptr;
  Instruction& first = page->at(pc_);
  if (first.op == Op::kUndecoded) return nullptr;
  if (!is_fast(first.op)) {
    extent = Extent::kOneInstruction;
    return nullptr;
  }
  if (first.heat < kWarm && ++first.heat < kWarm) return nullptr;
  return &cache.build(*page, pc_);
}

/// Makes a block for what is left of a slice when that at pc does not fit. False: there is one
/// already, or it is short itself.
bool Hart::shorten_block(BlockCache& cache) {
  Block* const block = cache.find(pc_);
  const CodePage* const page = code_.find(pc_);
  return block != nullptr && page != nullptr && cache.build_shorter(*page, *block);
}

/// The interpreter has lost its patience with this block. False: all blocks are forgotten.
bool Hart::prepare(Block& block, BlockCache& cache) {
  if (translator_ == nullptr) {
    block.patience = kNever;
    return true;
  }
  if (block.host_code != translator_->way_back()) return true;
  static_cast<void>(shorten_block(cache));
  if ((block.shorter == nullptr || translator_->translate(*block.shorter, cache)) &&
      translator_->translate(block, cache))
    return true;
  forget_blocks();
  return false;
}

/// The hart goes on from where the run of blocks ended.
void Hart::take_over(const BlockCache& cache, std::uint64_t limit) {
  const auto& lanes = block_run_.tally.lanes;
  cycle_ = limit - static_cast<std::uint64_t>(block_run_.left);
  instret_ += lanes[Tally::kInstructions];
  pc_ = block_run_.pc;  // and line_: nothing a block does changes the instruction cache
  count_fetches(cache.region(), lanes[Tally::kInstructions]);
  DirectAccesses& accesses = cache.data().region->accesses;
  for (std::size_t size = 0; size < 3; ++size) {
    accesses.reads[size] += static_cast<std::int32_t>(lanes[Tally::kReads + size]);
    accesses.writes[size] += static_cast<std::int32_t>(lanes[Tally::kWrites + size]);
  }
}

/// Gives back what the instructions from `index` on would have cost.
void Hart::leave_before(const Block& block, std::size_t index, BlockRun& run) const {
  const Work back = block_cache_->work_of(block, index, block.code.size());
  run.left += back.cycles;
  run.tally -= back.tally;
  run.pc = index < block.code.size() ? block.pcs[index] : block.end_pc;
}

void Hart::forget_blocks() {
  block_caches_.clear();
  block_cache_ = nullptr;
  if (translator_) translator_->clear();
}

bool Hart::access_elsewhere(const Block& block, unsigned index, BlockRun& run) {
  const Instruction& in = block.code[index];
  const std::uint32_t addr = x_[in.rs1] + static_cast<std::uint32_t>(in.imm);
  std::uint64_t cycles = 0;
  bool done = false;
  switch (in.op) {
    case Op::kLb:
      done = load_direct<std::int8_t>(addr, x_[in.rd], cycles);
      break;
    case Op::kLh:
      done = load_direct<std::int16_t>(addr, x_[in.rd], cycles);
      break;
    case Op::kLw:
      done = load_direct<std::uint32_t>(addr, x_[in.rd], cycles);
      break;
    case Op::kLbu:
      done = load_direct<std::uint8_t>(addr, x_[in.rd], cycles);
      break;
    case Op::kLhu:
      done = load_direct<std::uint16_t>(addr, x_[in.rd], cycles);
      break;
    case Op::kSb:
      done = store_direct<std::uint8_t>(addr, x_[in.rs2], cycles);
      break;
    case Op::kSh:
      done = store_direct<std::uint16_t>(addr, x_[in.rs2], cycles);
      break;
    default:
      done = store_direct<std::uint32_t>(addr, x_[in.rs2], cycles);
      break;
  }
  if (!done) {
    leave_before(block, index, run);
    run.leave = Leave::kInstruction;
    return false;
  }
  const DirectRegion& expected = *block_cache_->data().region;
  run.left += is_load(in.op) ? expected.read_cycles : expected.write_cycles;
  run.left -= static_cast<std::int64_t>(cycles);
  --run.tally.lanes[tally_lane(in.op)];  // load_direct and store_direct have counted it
  if (run.left >= block.need - block.work.cycles) return true;
  leave_before(block, index + 1, run);
  run.leave = Leave::kBudget;
  return false;
}

}  // namespace cairn::hart
