#include "models/cpu/hart_block_cache.hpp"

#include <algorithm>

namespace cairn::hart {

std::uint32_t Block::pc_of(std::size_t index) const {
  std::uint32_t at = pc;
  for (std::size_t i = 0; i < index; ++i)
    at += code[i].size;
  return at;
}

const void* StepHandlers::of(const Instruction& in) const {
  if (is_call_or_return(in)) return in.op == Op::kJal ? call : call_register;
  return op[static_cast<std::size_t>(in.op) - static_cast<std::size_t>(Op::kLui)];
}

const void* StepHandlers::of_side(Op branch) const {
  return side[static_cast<std::size_t>(branch) - static_cast<std::size_t>(Op::kBeq)];
}

Block* BlockCache::find_slowly(std::uint32_t pc, JumpEntry& entry) {
  const auto found = blocks_.find(pc);
  if (found == blocks_.end()) return nullptr;
  entry = {pc, found->second.get()};
  return entry.block;
}

Block& BlockCache::build(CodePage& page, std::uint32_t pc) {
  auto block = std::make_unique<Block>();
  block->pc = pc;
  block->patience = making_.patience;
  block->host_code = making_.way_back;
  collect(page, *block);
  block->work = work_of(*block, block->code.size());
  for (SideExit& side : block->sides) {
    const Work done = work_of(*block, side.index + 1u);
    side.rest = block->work;
    side.rest.cycles -= done.cycles;
    side.rest.tally -= done.tally;
  }
  make_steps(*block);
  return *(blocks_[pc] = std::move(block));
}

void BlockCache::collect(const CodePage& page, Block& block) const {
  const InstructionCache& cache = *making_.cache;
  std::uint32_t at = block.pc;
  const std::uint32_t last = std::min(page.base + kPageBytes - 1, last_start(executable_));
  while (at - page.base <= last - page.base && block.code.size() < Block::kMaxInstructions) {
    const Instruction& in = page.at(at);
    if (!is_fast(in.op)) break;
    if (cache.enabled() && (block.lines.empty() || block.lines.back().line != cache.line_of(at)))
      block.lines.push_back({.index = static_cast<std::uint8_t>(block.code.size()),
                             .line = cache.line_of(at),
                             .tag = cache.newest_tag(at)});
    if (is_branch(in.op))
      block.sides.push_back({.index = static_cast<std::uint8_t>(block.code.size()),
                             .target = at + static_cast<std::uint32_t>(in.imm),
                             .rest = {}});
    if (in.op == Op::kJal) block.target = at + static_cast<std::uint32_t>(in.imm);
    block.code.push_back(in);
    at += in.size;
    const bool goes_on =
        is_branch(in.op) && in.imm > 0 && block.sides.size() <= Block::kMaxSideExits;
    if (is_transfer(in.op) && !goes_on) break;
  }
  block.end_pc = at;
  if (!is_branch(block.last().op)) return;
  block.target = block.sides.back().target;
  block.sides.pop_back();
}

void BlockCache::make_steps(Block& block) const {
  std::uint32_t at = block.pc;
  auto line = block.lines.begin();
  auto side = block.sides.begin();
  for (std::uint8_t index = 0; index < block.code.size(); ++index) {
    const Instruction& in = block.code[index];
    if (line != block.lines.end() && line->index == index)
      block.steps.push_back({.handler = making_.handlers->line,
                             .imm = static_cast<std::uint32_t>(line++ - block.lines.begin()),
                             .index = index});
    const bool is_side = side != block.sides.end() && side->index == index;
    auto imm = static_cast<std::uint32_t>(in.imm);
    if (in.op == Op::kAuipc) imm += at;
    if (is_side) imm = static_cast<std::uint32_t>(side++ - block.sides.begin());
    block.steps.push_back(
        {.handler = is_side ? making_.handlers->of_side(in.op) : making_.handlers->of(in),
         .imm = imm,
         .rd = in.rd,
         .rs1 = in.rs1,
         .rs2 = in.rs2,
         .index = index});
    at += in.size;
  }
  if (!is_transfer(block.last().op)) block.steps.push_back({.handler = making_.handlers->end});
}

Work BlockCache::work_of(const Block& block, std::size_t count) const {
  Work work;
  work.tally.lanes[Tally::kInstructions] = static_cast<std::uint32_t>(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Instruction& in = block.code[i];
    work.cycles += in.cycles;
    if (is_load(in.op)) work.cycles += data_.region->read_cycles;
    if (is_store(in.op)) work.cycles += data_.region->write_cycles;
    if (is_load(in.op) || is_store(in.op)) ++work.tally.lanes[tally_lane(in.op)];
  }
  return work;
}

}  // namespace cairn::hart
