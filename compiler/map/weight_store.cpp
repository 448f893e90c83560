#include "compiler/map/weight_store.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>

namespace cairn::compiler {

namespace {

constexpr std::uint32_t kAlignment = 64;
constexpr std::uint32_t kNever = ~0u;

std::uint32_t round_up(std::uint32_t value) {
  return (value + kAlignment - 1) / kAlignment * kAlignment;
}

struct Resident {
  std::uint32_t id, begin, end;
  std::uint32_t last_use;  ///< tile
};

class Store {
 public:
  Store(const std::vector<std::uint32_t>& ids, const std::vector<std::uint32_t>& bytes,
        std::uint32_t capacity)
      : ids_(ids), bytes_(bytes), capacity_(capacity), next_use_(ids.size(), kNever) {
    std::vector<std::uint32_t> later(bytes.size(), kNever);
    for (std::size_t i = ids.size(); i-- > 0;) {
      next_use_[i] = later[ids[i]];
      later[ids[i]] = static_cast<std::uint32_t>(i);
    }
  }

  BlockUse use(std::uint32_t tile) {
    const std::uint32_t id = ids_[tile];
    if (bytes_[id] == 0) return {};
    const auto there = std::ranges::find(residents_, id, &Resident::id);
    if (there != residents_.end()) {
      there->last_use = previous_ = tile;
      return {there->begin, false, 0};
    }
    const std::uint32_t next = next_size(tile);
    std::optional<Candidate> best;
    for (const std::uint32_t offset : offsets(bytes_[id])) {
      const Candidate c = judge(offset, bytes_[id], next);
      if (!best || c.badness() < best->badness()) best = c;
    }
    std::erase_if(residents_, [&](const Resident& r) {
      return r.begin < best->offset + bytes_[id] && best->offset < r.end;
    });
    residents_.push_back({id, best->offset, best->offset + round_up(bytes_[id]), tile});
    previous_ = tile;
    return {best->offset, true, best->computed_before};
  }

 private:
  struct Candidate {
    std::uint32_t offset;
    bool hits_previous;                   ///< the block of the tile before
    bool blocks_next;                     ///< no room beside it for the next other block
    std::uint32_t needed_again = kNever;  ///< first tile that uses what must go
    std::uint32_t computed_before = 0;

    std::tuple<bool, bool, std::uint32_t, std::uint32_t, std::uint32_t> badness() const {
      return {hits_previous, blocks_next, ~needed_again, computed_before, offset};
    }
  };

  /// The size of the next block that is not this one; 0 if there is none.
  std::uint32_t next_size(std::uint32_t tile) const {
    for (std::size_t i = tile + 1; i < ids_.size() && i < tile + 64; ++i)
      if (ids_[i] != ids_[tile] && bytes_[ids_[i]] > 0) return bytes_[ids_[i]];
    return 0;
  }
  /// Ends of the SRAM, and right behind and right before what is there.
  std::vector<std::uint32_t> offsets(std::uint32_t bytes) const {
    const std::uint32_t top = (capacity_ - bytes) / kAlignment * kAlignment;
    std::vector<std::uint32_t> found{0, top};
    for (const Resident& r : residents_) {
      if (r.end <= top) found.push_back(r.end);
      if (r.begin >= round_up(bytes)) found.push_back(r.begin - round_up(bytes));
      if (r.begin <= top) found.push_back(r.begin);
    }
    return found;
  }
  Candidate judge(std::uint32_t offset, std::uint32_t bytes, std::uint32_t next) const {
    const std::uint32_t end = offset + round_up(bytes);
    Candidate c{offset, false, next > offset && std::uint64_t{end} + next > capacity_};
    for (const Resident& r : residents_) {
      if (r.begin >= end || offset >= r.end) continue;
      c.hits_previous |= r.last_use == previous_;
      c.needed_again = std::min(c.needed_again, next_use_[r.last_use]);
      c.computed_before = std::max(c.computed_before, r.last_use + 1);
    }
    return c;
  }

  const std::vector<std::uint32_t>& ids_;
  const std::vector<std::uint32_t>& bytes_;
  const std::uint32_t capacity_;
  std::vector<std::uint32_t> next_use_;  // of the block of a tile, by tile
  std::vector<Resident> residents_;
  std::uint32_t previous_ = kNever;  // the last tile with a block
};

}  // namespace

std::vector<BlockUse> place_blocks(const std::vector<std::uint32_t>& ids,
                                   const std::vector<std::uint32_t>& bytes,
                                   std::uint32_t capacity) {
  Store store(ids, bytes, capacity);
  std::vector<BlockUse> uses;
  uses.reserve(ids.size());
  for (std::uint32_t tile = 0; tile < ids.size(); ++tile) {
    assert(bytes[ids[tile]] <= capacity);
    uses.push_back(store.use(tile));
  }
  return uses;
}

}  // namespace cairn::compiler
