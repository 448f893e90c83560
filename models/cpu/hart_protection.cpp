// What the present mode may do: physical memory protection of data and code.
#include <algorithm>

#include "models/cpu/hart.hpp"

namespace cairn::hart {
namespace {

/// Of two windows around the same address.
DirectWindow overlap(const DirectWindow& a, const DirectWindow& b) {
  const DirectWindow& later = a.base < b.base ? b : a;
  const std::uint64_t end = std::min(a.base + a.bytes, b.base + b.bytes);
  return {later.base, end - later.base, later.host, later.region};
}

}  // namespace

unsigned Hart::context() const {
  if (csrs_.privilege() == Privilege::kUser) return 1;
  return csrs_.data_privilege() == Privilege::kUser ? 2 : 0;
}

bool Hart::allowed(std::uint32_t addr, unsigned bytes, AccessKind kind) const {
  return csrs_.pmp().allows(addr, bytes, kind, csrs_.data_privilege());
}

void Hart::restrict_to_permissions(DirectWindow& window, std::uint32_t addr,
                                   AccessKind kind) const {
  const AddressRange extent = csrs_.pmp().extent(addr, kind, csrs_.data_privilege());
  const std::uint32_t first = std::max(window.base, extent.first);
  const std::uint64_t end = std::min(window.base + window.bytes, std::uint64_t{extent.last} + 1);
  window.host += first - window.base;
  window.base = first;
  window.bytes = end - first;
}

bool Hart::find_executable(std::uint32_t pc, AddressRange& range) {
  if (!executable_.contains(pc)) {
    const Privilege privilege = csrs_.privilege();
    if (!csrs_.pmp().allows(pc, 2, AccessKind::kFetch, privilege)) return false;
    executable_ = csrs_.pmp().extent(pc, AccessKind::kFetch, privilege);
  }
  const std::uint32_t page = page_of(pc);
  range.first = std::max(page, executable_.first);
  range.last = std::min(page + kPageBytes - 1, last_start(executable_));
  return pc <= range.last;
}

DirectWindow Hart::find_data_window() {
  DirectWindow best{.region = &nowhere_};
  for (const DirectRegion& region : regions_.all()) {
    for (std::uint64_t at = region.base; at < region.base + region.bytes;) {
      const auto addr = static_cast<std::uint32_t>(at);
      DirectWindow reads, writes;
      if (open_window(addr, 1, AccessKind::kRead, reads) &&
          open_window(addr, 1, AccessKind::kWrite, writes)) {
        const DirectWindow both = overlap(reads, writes);
        if (both.bytes > best.bytes) best = both;
      }
      const auto end_of_extent = [&](AccessKind kind) {
        return std::uint64_t{csrs_.pmp().extent(addr, kind, csrs_.data_privilege()).last} + 1;
      };
      at = std::min({end_of_extent(AccessKind::kRead), end_of_extent(AccessKind::kWrite),
                     debug_.next_boundary(addr)});
    }
  }
  return best;
}

void Hart::write_csr(std::uint32_t number, std::uint32_t value) {
  change_context([&] { csrs_.write(number, value, totals(number)); });
  if (CsrFile::is_permission(number)) close_windows();
}

Totals Hart::totals(std::uint32_t csr_number) const {
  if (!Counters::exists(csr_number)) return {};
  Totals totals{cycle_, instret_, events_};
  const DirectAccesses direct = regions_.total();
  totals.events[Event::kDirectRead] = direct.reads[0] + direct.reads[1] + direct.reads[2];
  totals.events[Event::kDirectWrite] = direct.write_count();
  return totals;
}

}  // namespace cairn::hart
