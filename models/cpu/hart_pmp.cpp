#include "models/cpu/hart_pmp.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace cairn::hart {
namespace {

constexpr std::uint8_t kRead = 1, kWrite = 2, kExecute = 4, kMode = 3 << 3, kLock = 1 << 7;
constexpr std::uint8_t kTor = 1 << 3, kNa4 = 2 << 3, kNapot = 3 << 3;

constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;

constexpr std::uint8_t permission(AccessKind kind) {
  return kind == AccessKind::kRead ? kRead : kind == AccessKind::kWrite ? kWrite : kExecute;
}

std::uint8_t legal_config(std::uint32_t value) {
  const std::uint32_t kept = value & (kRead | kWrite | kExecute | kMode | kLock);
  return static_cast<std::uint8_t>((kept & kRead) != 0 ? kept : kept & ~std::uint32_t{kWrite});
}

}  // namespace

bool Pmp::Entry::locked() const {
  return (config & kLock) != 0;
}

bool Pmp::Entry::permits(AccessKind kind, Privilege privilege) const {
  if (privilege == Privilege::kMachine && !locked()) return true;
  return (config & permission(kind)) != 0;
}

std::uint32_t Pmp::config(unsigned index) const {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i)
    value |= std::uint32_t{entries_[4 * index + i].config} << (8 * i);
  return value;
}

void Pmp::write_config(unsigned index, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) {
    Entry& entry = entries_[4 * index + i];
    if (!entry.locked()) entry.config = legal_config(value >> (8 * i));
  }
  update();
}

void Pmp::write_address(unsigned entry, std::uint32_t value) {
  const auto is_base_of_locked = [&] {
    if (entry + 1 == kEntries) return false;
    const Entry& next = entries_[entry + 1];
    return next.locked() && (next.config & kMode) == kTor;
  };
  if (entries_[entry].locked() || is_base_of_locked()) return;
  entries_[entry].address = value;
  update();
}

void Pmp::update() {
  used_ = 0;
  binds_machine_ = false;
  std::uint64_t below = 0;  // the address register before, where TOR begins
  for (unsigned i = 0; i < kEntries; ++i) {
    Entry& entry = entries_[i];
    const std::uint64_t address = entry.address;
    entry.first = entry.end = 0;
    switch (entry.config & kMode) {
      case kTor:
        if (below >= address) break;
        entry.first = below << 2;
        entry.end = address << 2;
        break;
      case kNa4:
        entry.first = address << 2;
        entry.end = entry.first + 4;
        break;
      case kNapot: {
        const std::uint64_t words = std::uint64_t{2} << std::countr_one(entry.address);
        entry.first = (address & ~(words - 1)) << 2;
        entry.end = entry.first + (words << 2);
        break;
      }
      default:
        break;
    }
    if (entry.first != entry.end) {
      used_ = i + 1;
      binds_machine_ |= entry.locked();
    }
    below = address;
  }
}

bool Pmp::Cell::permits(AccessKind kind, Privilege privilege) const {
  return entry == nullptr ? privilege == Privilege::kMachine : entry->permits(kind, privilege);
}

Pmp::Cell Pmp::cell(std::uint32_t addr) const {
  Cell cell{.first = 0, .end = kAddressSpace};
  for (unsigned i = 0; i < used_; ++i) {
    const Entry& entry = entries_[i];
    if (entry.end <= addr) {
      cell.first = std::max(cell.first, entry.end);
    } else if (entry.first > addr) {
      cell.end = std::min(cell.end, entry.first);
    } else {
      return {std::max(cell.first, entry.first), std::min(cell.end, entry.end), &entry};
    }
  }
  return cell;
}

bool Pmp::allows(std::uint32_t addr, unsigned bytes, AccessKind kind, Privilege privilege) const {
  const bool machine = privilege == Privilege::kMachine;
  if (machine && !binds_machine_) return true;
  std::uint64_t done = 0;
  while (done < bytes) {
    const auto at = static_cast<std::uint32_t>(addr + done);
    const Cell here = cell(at);
    if (!here.permits(kind, privilege)) return false;
    done += here.end - at;
    const bool over_the_top = here.end == kAddressSpace;
    if (!machine && !over_the_top && done < bytes) return false;
  }
  return true;
}

AddressRange Pmp::extent(std::uint32_t addr, AccessKind kind, Privilege privilege) const {
  const bool machine = privilege == Privilege::kMachine;
  if (machine && !binds_machine_) return {};
  Cell here = cell(addr);
  // A parcel of an instruction never meets two entries.
  if (machine || kind == AccessKind::kFetch) {
    const bool answer = here.permits(kind, privilege);
    const auto joins = [&](const Cell& other) { return other.permits(kind, privilege) == answer; };
    const auto below = [&] { return cell(static_cast<std::uint32_t>(here.first - 1)); };
    const auto above = [&] { return cell(static_cast<std::uint32_t>(here.end)); };
    while (here.first != 0 && joins(below()))
      here.first = below().first;
    while (here.end != kAddressSpace && joins(above()))
      here.end = above().end;
  }
  return {static_cast<std::uint32_t>(here.first), static_cast<std::uint32_t>(here.end - 1)};
}

}  // namespace cairn::hart
