#include "models/cpu/hart_code_cache.hpp"

#include <algorithm>
#include <cstring>

namespace cairn::hart {

CodePage* CodeCache::find(std::uint32_t pc) {
  CodePage*& slot = recent(pc);
  const std::uint32_t base = page_of(pc);
  if (slot != nullptr && slot->base == base) return slot;
  const auto found = pages_.find(base);
  if (found == pages_.end()) return nullptr;
  slot = found->second.get();
  return slot;
}

CodePage& CodeCache::create(std::uint32_t pc, DirectRegion* region) {
  auto page = std::make_unique<CodePage>();
  page->base = page_of(pc);
  page->region = region;
  recent(pc) = page.get();
  return *(pages_[page_of(pc)] = std::move(page));
}

bool CodeCache::invalidate(std::uint32_t addr, std::uint64_t bytes) {
  if (bytes == 0) return false;
  // An instruction that starts two bytes before the range may reach into it.
  const std::uint64_t first = addr < 2 ? 0 : addr - 2;
  const std::uint64_t last = std::uint64_t{addr} + bytes - 1;
  bool any = false;
  for (auto& [base, page] : pages_) {
    const std::uint64_t from = std::max<std::uint64_t>(first, base);
    const std::uint64_t to = std::min<std::uint64_t>(last, base + std::uint64_t{kPageBytes} - 1);
    if (from > to) continue;
    for (std::uint64_t at = from / 2 * 2; at <= to; at += 2) {
      Instruction& slot = page->at(static_cast<std::uint32_t>(at));
      any |= slot.op != Op::kUndecoded;
      slot = {};
    }
  }
  return any;
}

bool CodeCache::is_current() const {
  return std::ranges::all_of(pages_, [](const auto& entry) {
    const CodePage& page = *entry.second;
    const std::uint8_t* host = page.region->host + (page.base - page.region->base);
    return std::ranges::all_of(page.slots, [&](const Instruction& slot) {
      const std::uint8_t* const at = host;
      host += 2;
      return slot.op == Op::kUndecoded || std::memcmp(at, &slot.bits, slot.size) == 0;
    });
  });
}

void CodeCache::clear() {
  pages_.clear();
  recent_.fill(nullptr);
}

}  // namespace cairn::hart
