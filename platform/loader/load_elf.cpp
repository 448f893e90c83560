// Places an executable in the machine's memories.
#include "platform/loader/load_elf.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/kit/input_error.hpp"

namespace cairn::platform {

namespace {

std::string text_of(const Segment& s) {
  return fmt::format("{:#010x}..{:#010x}", s.address, s.end() - 1);
}

}  // namespace

void check_fit(const ElfFile& elf, const std::vector<AddressRange>& map) {
  for (const Segment& s : elf.segments)
    if (memory_with(map, s.address, s.memory_bytes) == nullptr)
      throw InputError(fmt::format("{}: the segment {} fits in no memory of the machine:\n{}",
                                   elf.path, text_of(s), address_map_text(map)));
  std::vector<const Segment*> sorted;
  for (const Segment& s : elf.segments)
    sorted.push_back(&s);
  std::ranges::sort(sorted, {}, &Segment::address);
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i - 1]->end() > sorted[i]->address)
      throw InputError(fmt::format(
          "{}: the segments {} and {} overlap; the machine's memories are:\n{}", elf.path,
          text_of(*sorted[i - 1]), text_of(*sorted[i]), address_map_text(map)));
}

void load_elf(const ElfFile& elf, Machine& machine) {
  constexpr std::uint32_t kChunk = 1u << 20;
  const std::vector<std::uint8_t> zeros(kChunk);
  for (const Segment& s : elf.segments) {
    bool is_loaded = s.bytes.empty() || machine.load(s.address, s.bytes);
    for (std::uint64_t at = s.address + s.bytes.size(); is_loaded && at < s.end(); at += kChunk)
      is_loaded =
          machine.load(static_cast<std::uint32_t>(at),
                       std::span(zeros).first(std::min<std::uint64_t>(kChunk, s.end() - at)));
    if (!is_loaded)
      throw InputError(
          fmt::format("{}: the machine has no memory for the segment {}.", elf.path, text_of(s)));
  }
}

}  // namespace cairn::platform
