#include "models/cpu/hart_block_cache.hpp"

#include <utility>

#include "models/cpu/hart_arithmetic.hpp"

namespace cairn::hart {
namespace {

/// Instructions in a block for the end of a slice.
constexpr std::size_t kShort = 8;

}  // namespace

Block* BlockCache::find_slowly(std::uint32_t pc, JumpEntry& entry) {
  const auto found = blocks_.find(pc);
  if (found == blocks_.end()) return nullptr;
  entry = {pc, found->second.get()};
  return entry.block;
}

Block& BlockCache::build(const CodePage& page, std::uint32_t pc) {
  std::unique_ptr<Block> block = make(page, pc, Block::kMaxInstructions);
  block->patience = making_.patience;
  return *(blocks_[pc] = std::move(block));
}

bool BlockCache::build_shorter(const CodePage& page, Block& block) const {
  if (block.shorter != nullptr || block.code.size() <= kShort) return false;
  block.shorter = make(page, block.pc, kShort);
  return true;
}

std::unique_ptr<Block> BlockCache::make(const CodePage& page, std::uint32_t pc,
                                        std::size_t most) const {
  auto block = std::make_unique<Block>();
  block->pc = pc;
  block->host_code = making_.way_back;
  collect(page, *block, most);
  find_branches(*block);
  find_lines(*block);
  make_steps(*block);
  join_pairs(*block);
  return block;
}

void BlockCache::make_steps(Block& block) const {
  std::vector<std::size_t> first(block.code.size());  // step of each instruction
  auto line = block.lines.begin();
  auto side = block.sides.begin();
  auto skip = block.skips.begin();
  for (std::uint8_t index = 0; index < block.code.size(); ++index) {
    const Instruction& in = block.code[index];
    first[index] = block.steps.size();
    if (line != block.lines.end() && line->index == index)
      block.steps.push_back({.handler = making_.handlers->line,
                             .imm = static_cast<std::uint32_t>(line++ - block.lines.begin()),
                             .index = index});
    if (in.op == Op::kJal && index != block.code.size() - 1) continue;
    Step step{.handler = making_.handlers->of(in),
              .imm = static_cast<std::uint32_t>(in.imm),
              .rd = in.rd,
              .rs1 = in.rs1,
              .rs2 = in.rs2,
              .index = index};
    if (in.op == Op::kAuipc) step.imm += block.pcs[index];
    if (side != block.sides.end() && side->index == index) {
      const Op out = block.follows(index) ? inverse(in.op) : in.op;
      step.handler = making_.handlers->of_side(out);
      step.imm = static_cast<std::uint32_t>(side++ - block.sides.begin());
    } else if (skip != block.skips.end() && skip->index == index) {
      step.handler = making_.handlers->of_skip(in.op);
      step.imm = static_cast<std::uint32_t>(skip++ - block.skips.begin());
    }
    block.steps.push_back(step);
  }
  if (!is_transfer(block.last().op)) block.steps.push_back({.handler = making_.handlers->end});
  for (Skip& each : block.skips)
    each.step = &block.steps[first[each.to]];
}

/// Skips go to the second of a pair as before.
void BlockCache::join_pairs(Block& block) const {
  const StepHandlers& handlers = *making_.handlers;
  for (std::size_t i = 0; i + 1 < block.steps.size(); ++i) {
    Step &first = block.steps[i], &second = block.steps[i + 1];
    const Instruction &a = block.code[first.index], &b = block.code[second.index];
    const void* const pair = handlers.of_pair(a.op, b.op);
    if (pair == nullptr || first.handler != handlers.of(a) || second.handler != handlers.of(b))
      continue;
    if (second.rs1 != first.rd && !has_immediate(b.op)) std::swap(second.rs1, second.rs2);
    if (second.rs1 == first.rd) block.steps[i++].handler = pair;
  }
}

Work BlockCache::work_of(const Block& block, std::size_t first, std::size_t last) const {
  Work work;
  work.tally.lanes[Tally::kInstructions] = static_cast<std::uint32_t>(last - first);
  for (std::size_t i = first; i < last; ++i) {
    const Instruction& in = block.code[i];
    work.cycles += in.cycles;
    if (is_branch(in.op) && block.follows(i)) work.cycles += making_.taken_extra;
    if (is_load(in.op)) work.cycles += data_.region->read_cycles;
    if (is_store(in.op)) work.cycles += data_.region->write_cycles;
    if (is_load(in.op) || is_store(in.op)) ++work.tally.lanes[tally_lane(in.op)];
  }
  return work;
}

}  // namespace cairn::hart
