// Instruction fetch: from decoded pages where memory is direct, else over the bus.
#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "models/cpu/hart.hpp"
#include "models/cpu/hart_decode.hpp"

namespace cairn::hart {

static_assert(std::endian::native == std::endian::little, "guest memory is used as host memory");

bool Hart::find_code(CodeWindow& window) {
  AddressRange range;
  const bool direct = find_executable(pc_, range);
  CodePage* page = direct ? code_.find(pc_) : nullptr;
  if (direct && page == nullptr) {
    DirectRegion* region = regions_.find(page_of(pc_), kPageBytes);
    if (region != nullptr && region->readable) page = &code_.create(pc_, region);
  }
  if (page != nullptr) {
    Instruction& slot = page->at(pc_);
    if (slot.op != Op::kUndecoded || decode_direct(pc_, *page->region, slot)) {
      if (slot.op != Op::kDebugBreak) {
        window = {range.first, range.last - range.first + 1, &page->at(range.first), page->region};
        return true;
      }
      if (!passes_breakpoint()) return false;
      fetched_ = decode(slot.bits, extensions_);
      finish_decoding(fetched_, page->region);
      window = {pc_, 2, &fetched_, page->region, true};
      return true;
    }
  }
  const bool breakpoint = debug_.has_breakpoint(pc_);
  if (breakpoint && !passes_breakpoint()) return false;
  std::uint32_t bits = 0;
  std::uint32_t failed_addr = 0;
  if (!fetch_instruction(bits, failed_addr)) {
    exception(Cause::kFetchAccessFault, failed_addr);
    return false;
  }
  fetched_ = decode(bits, extensions_);
  DirectRegion* const region = bus_used_ ? nullptr : regions_.find(pc_, 2);
  finish_decoding(fetched_, region);
  // What came over the bus has started.
  window = {pc_, 2, &fetched_, region, bus_used_ || breakpoint};
  return true;
}

/// False if the instruction reaches out of the region.
bool Hart::decode_direct(std::uint32_t pc, const DirectRegion& region, Instruction& slot) const {
  const std::uint8_t* const host = region.host + (pc - region.base);
  std::uint32_t bits = 0;
  std::memcpy(&bits, host, 2);
  if (!is_compressed(bits)) {
    if (!region.contains(pc, 4)) return false;
    std::memcpy(&bits, host, 4);
  }
  slot = decode(bits, extensions_);
  finish_decoding(slot, &region);
  if (debug_.has_breakpoint(pc)) slot.op = Op::kDebugBreak;
  return true;
}

void Hart::finish_decoding(Instruction& in, const DirectRegion* region) const {
  const bool pays_fetch = region != nullptr && !instruction_cache_.enabled();
  const std::uint32_t cycles = cost_of(in.op, costs_) + (pays_fetch ? region->fetch_cycles : 0);
  in.cycles = static_cast<std::uint16_t>(
      std::min<std::uint32_t>(cycles, std::numeric_limits<std::uint16_t>::max()));
}

/// Parcel by parcel, except that an aligned word is fetched as one where memory is not direct.
bool Hart::fetch_instruction(std::uint32_t& bits, std::uint32_t& failed_addr) {
  const bool word = pc_ % 4 == 0 && regions_.find(pc_, 2) == nullptr;
  failed_addr = pc_;
  if (!fetch_bytes(pc_, word ? 4 : 2, bits)) return false;
  if (word || is_compressed(bits)) return true;
  std::uint32_t high = 0;
  failed_addr = pc_ + 2;
  if (!fetch_bytes(pc_ + 2, 2, high)) return false;
  bits |= high << 16;
  return true;
}

bool Hart::fetch_bytes(std::uint32_t addr, unsigned bytes, std::uint32_t& value) {
  if (!csrs_.pmp().allows(addr, bytes, AccessKind::kFetch, csrs_.privilege())) return false;
  const DirectRegion* region = regions_.find(addr, bytes);
  if (region != nullptr && region->readable) {
    std::memcpy(&value, region->host + (addr - region->base), bytes);
    return true;
  }
  ++events_[Event::kBusFetch];
  const BusAnswer answer = used(bus_.fetch(addr, bytes, cycle_));
  cycle_ = std::max(cycle_, answer.end);
  value = static_cast<std::uint32_t>(answer.value);
  return answer.ok;
}

/// Cycles that the instruction cache adds on the way to another line.
std::uint64_t Hart::fetch_line(std::uint32_t pc, DirectRegion* region) {
  line_ = pc & line_mask_;
  if (region == nullptr || instruction_cache_.access(pc)) return 0;
  ++events_[Event::kInstructionCacheMiss];
  ++region->accesses.fetches;
  region->accesses.fetch_bytes += instruction_cache_.line_bytes();
  return region->fetch_cycles;
}

void Hart::count_fetches(DirectRegion* region, std::uint64_t instructions) const {
  if (region == nullptr || instruction_cache_.enabled()) return;
  region->accesses.fetches += instructions;
  region->accesses.fetch_bytes += 4 * instructions;
}

}  // namespace cairn::hart
