// Which instructions a block is made of: its way through loops, jumps and branches.
#include <algorithm>

#include "models/cpu/hart_block_cache.hpp"

namespace cairn::hart {
namespace {

std::uint32_t target_of(const Block& block, std::size_t index) {
  return block.pcs[index] + static_cast<std::uint32_t>(block.code[index].imm);
}

/// Calls end a block: observers hear about them, and returns find their way by a table.
bool may_be_followed(const Instruction& in) {
  return is_branch(in.op) ? in.imm <= 0 : in.op == Op::kJal && in.rd == kDiscard;
}

bool falls_through(const Instruction& in) {
  return is_branch(in.op) ? in.imm > 0 : !is_transfer(in.op);
}

/// The instruction at `target` if it lies ahead of the one at `index` without a jump between, else
/// zero.
std::size_t find_ahead(const Block& block, std::size_t index, std::uint32_t target) {
  for (std::size_t i = index; i + 1 < block.code.size() && !block.follows(i);)
    if (block.pcs[++i] == target) return i;
  return 0;
}

}  // namespace

void BlockCache::collect(const CodePage& page, Block& block, std::size_t most) const {
  const AddressRange range{std::max(page.base, executable_.first),
                           std::min(page.base + kPageBytes - 1, last_start(executable_))};
  std::uint32_t at = block.pc;
  std::size_t lap = 0;  // instructions once around the loop, if it is one
  std::size_t branches = 0;
  while (range.contains(at) && block.code.size() < most) {
    const Instruction& in = page.at(at);
    if (!is_fast(in.op)) break;
    if (at == block.pc && !block.code.empty()) {
      if (lap == 0) lap = block.code.size();
      if (block.code.size() + lap > most) break;
    } else if (lap == 0 && std::ranges::find(block.pcs, at) != block.pcs.end()) {
      break;  // an inner loop, which is a block of its own
    }
    block.code.push_back(in);
    block.pcs.push_back(at);
    if (is_branch(in.op) && ++branches > Block::kMaxBranches) break;
    if (falls_through(in))
      at += in.size;
    else if (may_be_followed(in))
      at += static_cast<std::uint32_t>(in.imm);
    else
      break;
  }
  const std::size_t end = block.code.size() - 1;
  block.end_pc = block.pc_behind(end);
  if (is_transfer(block.last().op)) block.target = target_of(block, end);
}

/// And what all of the block costs.
void BlockCache::find_branches(Block& block) const {
  const std::size_t count = block.code.size();
  block.work = work_of(block, 0, count);
  block.need = block.work.cycles;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    if (!is_branch(block.code[i].op)) continue;
    const auto index = static_cast<std::uint8_t>(i);
    if (block.follows(i)) {
      SideExit exit{
          .index = index, .target = block.pc_behind(i), .back = work_of(block, i + 1, count)};
      exit.back.cycles += making_.taken_extra;
      block.sides.push_back(exit);
    } else if (const std::size_t to = find_ahead(block, i, target_of(block, i)); to != 0) {
      Skip skip{
          .index = index, .to = static_cast<std::uint8_t>(to), .back = work_of(block, i + 1, to)};
      skip.back.cycles -= making_.taken_extra;
      block.need += std::max<std::int64_t>(-skip.back.cycles, 0);
      block.skips.push_back(skip);
    } else {
      SideExit exit{
          .index = index, .target = target_of(block, i), .back = work_of(block, i + 1, count)};
      exit.back.cycles -= making_.taken_extra;
      block.sides.push_back(exit);
    }
  }
}

/// Nothing in a block changes the instruction cache, so one look at each line is enough; but one
/// that a skip may have gone around does not count.
void BlockCache::find_lines(Block& block) const {
  const InstructionCache& cache = *making_.cache;
  if (!cache.enabled()) return;
  for (std::size_t i = 0; i < block.code.size(); ++i) {
    const std::uint32_t line = cache.line_of(block.pcs[i]);
    const bool known = std::ranges::any_of(block.lines, [&](const LineEntry& entry) {
      return entry.line == line && std::ranges::none_of(block.skips, [&](const Skip& skip) {
               return skip.index < entry.index && entry.index < skip.to && skip.to <= i;
             });
    });
    if (!known)
      block.lines.push_back({.index = static_cast<std::uint8_t>(i),
                             .line = line,
                             .tag = cache.newest_tag(block.pcs[i])});
  }
}

}  // namespace cairn::hart
