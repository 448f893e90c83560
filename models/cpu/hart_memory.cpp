// Data accesses of any alignment, to direct memory or over the bus.
#include <algorithm>
#include <bit>
#include <cstring>

#include "models/cpu/hart.hpp"

namespace cairn::hart {
namespace {

/// A misaligned access over a page's end may meet two devices: it is made byte by byte.
bool crosses_page(std::uint32_t addr, unsigned bytes) {
  return page_of(addr) != page_of(addr + bytes - 1);
}

}  // namespace

bool Hart::open_window(std::uint32_t addr, unsigned bytes, AccessKind kind, DirectWindow& window) {
  RecentWindows& recent = kind == AccessKind::kWrite ? recent_writes_ : recent_reads_;
  if (const DirectWindow* const found = recent.find(addr, bytes)) {
    window = *found;
    return true;
  }
  DirectRegion* const region = regions_.find(addr, bytes);
  if (region == nullptr || !(kind == AccessKind::kWrite ? region->writable : region->readable))
    return false;
  if (!allowed(addr, bytes, kind)) return false;
  DirectWindow opened{region->base, region->bytes, region->host, region};
  restrict_to_permissions(opened, addr, kind);
  if (!debug_.restrict_window(opened, addr, bytes, kind)) return false;
  recent.add(opened);
  window = opened;
  return true;
}

void Hart::close_windows() {
  data_windows_ = {};
  enter_context();
}

void Hart::enter_context() {
  read_window_ = write_window_ = {};
  recent_reads_.clear();
  recent_writes_.clear();
  executable_ = kNoAddress;
  block_cache_ = nullptr;
}

BusAnswer Hart::used(BusAnswer answer) {
  bus_used_ = true;
  return answer;
}

bool Hart::read(std::uint32_t addr, unsigned bytes, Access& access) {
  access.failed_addr = addr;
  if (!allowed(addr, bytes, AccessKind::kRead)) return false;
  DirectRegion* region = regions_.find(addr, bytes);
  if (region != nullptr && region->readable) {
    access.value = 0;
    std::memcpy(&access.value, region->host + (addr - region->base), bytes);
    ++region->accesses.reads[std::bit_width(bytes) - 1];
    access.cycle += region->read_cycles;
    accessed(addr, bytes, AccessKind::kRead);
    return true;
  }
  if (crosses_page(addr, bytes)) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      if (!read(addr + i, 1, access)) return false;
      value |= access.value << (8 * i);
    }
    access.value = value;
    return true;
  }
  ++events_[Event::kBusRead];
  const BusAnswer answer = used(bus_.load(addr, bytes, access.cycle));
  access.cycle = std::max(access.cycle, answer.end);
  access.value = static_cast<std::uint32_t>(answer.value);
  if (answer.ok) accessed(addr, bytes, AccessKind::kRead);
  return answer.ok;
}

bool Hart::write(std::uint32_t addr, unsigned bytes, std::uint32_t value, Access& access) {
  access.failed_addr = addr;
  if (!allowed(addr, bytes, AccessKind::kWrite)) return false;
  DirectRegion* region = regions_.find(addr, bytes);
  if (region != nullptr && region->writable) {
    std::memcpy(region->host + (addr - region->base), &value, bytes);
    ++region->accesses.writes[std::bit_width(bytes) - 1];
    access.cycle += region->write_cycles;
    accessed(addr, bytes, AccessKind::kWrite);
    return true;
  }
  if (crosses_page(addr, bytes)) {
    for (unsigned i = 0; i < bytes; ++i)
      if (!write(addr + i, 1, value >> (8 * i), access)) return false;
    return true;
  }
  ++events_[Event::kBusWrite];
  const BusAnswer answer = used(bus_.store(addr, bytes, value, access.cycle));
  access.cycle = std::max(access.cycle, answer.end);
  if (answer.ok) accessed(addr, bytes, AccessKind::kWrite);
  return answer.ok;
}

}  // namespace cairn::hart
