#include "models/kit/registers.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace cairn::kit {

namespace {

// Offsets below this are looked up in a table, those above by binary search.
constexpr std::uint32_t kLowOffsets = 0x1000;

}  // namespace

RegisterFile::RegisterFile(const RegisterSpec* specs, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    cells_.push_back(Cell{specs[i], 0, 0, 0, {}, {}, {}, {}});
  std::sort(cells_.begin(), cells_.end(),
            [](const Cell& a, const Cell& b) { return a.spec.offset < b.spec.offset; });
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t offset = cells_[i].spec.offset;
    if (offset >= kLowOffsets) break;
    low_.resize(offset + 1, static_cast<std::uint32_t>(count));
    low_[offset] = static_cast<std::uint32_t>(i);
  }
  reset();
}

void RegisterFile::reset() {
  for (Cell& c : cells_)
    c.value = c.spec.reset;
}

std::size_t RegisterFile::find(std::uint32_t offset) const {
  if (offset < low_.size()) return low_[offset];
  if (offset < kLowOffsets) return cells_.size();
  const auto at =
      std::lower_bound(cells_.begin(), cells_.end(), offset,
                       [](const Cell& c, std::uint32_t wanted) { return c.spec.offset < wanted; });
  if (at == cells_.end() || at->spec.offset != offset) return cells_.size();
  return static_cast<std::size_t>(at - cells_.begin());
}

std::size_t RegisterFile::index(std::uint32_t offset) const {
  const std::size_t i = find(offset);
  if (i == cells_.size())
    throw std::out_of_range("no register at offset " + std::to_string(offset));
  return i;
}

const char* RegisterFile::name_at(std::uint32_t offset) const {
  const std::size_t i = find(offset);
  return i == cells_.size() ? nullptr : cells_[i].spec.name;
}

bool RegisterFile::peek(std::uint32_t offset, std::uint32_t& value) const {
  const std::size_t i = find(offset);
  if (i == cells_.size()) return false;
  const Cell& c = cells_[i];
  value = (c.computed ? c.computed() : c.value) & c.spec.readable;
  return true;
}

bool RegisterFile::poke(std::uint32_t offset, std::uint32_t value) {
  const std::size_t i = find(offset);
  if (i == cells_.size()) return false;
  put(cells_[i].value, cells_[i].spec.writable, value);
  return true;
}

bool RegisterFile::bus_read(std::uint32_t offset, std::uint32_t& value) {
  const std::size_t i = find(offset);
  if (i == cells_.size()) return false;
  Cell& c = cells_[i];
  ++c.reads;
  if (c.before_read) c.before_read();
  value = (c.computed ? c.computed() : c.value) & c.spec.readable;
  if (c.after_read) c.after_read();
  return true;
}

bool RegisterFile::bus_write(std::uint32_t offset, std::uint32_t value) {
  const std::size_t i = find(offset);
  if (i == cells_.size()) return false;
  Cell& c = cells_[i];
  ++c.writes;
  put(c.value, c.spec.writable, value);
  c.value &= ~(value & c.spec.write_one_clears);
  if (c.after_write) c.after_write();
  return true;
}

std::vector<RegisterUse> RegisterFile::uses() const {
  std::vector<RegisterUse> out;
  for (const Cell& c : cells_)
    out.push_back({c.spec.name, c.spec.offset, c.reads, c.writes});
  return out;
}

}  // namespace cairn::kit
