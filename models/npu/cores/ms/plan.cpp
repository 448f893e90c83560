#include "models/npu/cores/ms/plan.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "models/npu/cores/ms/candidate.hpp"
#include "models/npu/cores/ms/line_buffer.hpp"
#include "models/npu/cores/ms/mapping.hpp"

namespace cairn::npu::ms {

using numbers::Layer;
using numbers::Op;

namespace {

constexpr double kTie = 1.01;  // candidates within 1% of the fewest cycles are decided by energy

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

/// Blocks of whole rows, or a piece of one, that a request allows.
PixelBlocks largest_blocks(const Layer& layer, const Array& array, std::uint64_t line_buffer_bits,
                           std::uint32_t pixels_at_once) {
  if (pixels_at_once == 0) return {static_cast<std::uint32_t>(layer.out.height), 0};
  PixelBlocks blocks = blocks_of_at_most(layer, pixels_at_once, array.pixels);
  // Another chunk of channels finds the input of a piece in the line buffer, or the piece is a
  // step.
  const LineBufferFit fit(layer, layer.in.channels, array.pixels, line_buffer_bits);
  while (blocks.columns > array.pixels && !fit.keeps_piece(blocks.columns))
    blocks.columns -= array.pixels;
  return blocks;
}

class Planner {
 public:
  Planner(const Layer& layer, const Geometry& geometry, const PlanRequest& request)
      : layer_(layer),
        request_(request),
        energy_(energy(geometry)),
        array_(geometry),
        pricing_(layer, geometry, request, channels()),
        largest_(largest_blocks(layer, array_,
                                8 * static_cast<std::uint64_t>(geometry.at("line_buffer_bytes")),
                                request.pixels_at_once)) {}

  Plan cheapest();

 private:
  std::uint32_t chunk_in_block() const;
  std::uint32_t channels() const { return static_cast<std::uint32_t>(layer_.out.channels); }
  void consider(const std::string& order, const PixelBlocks& blocks, std::uint32_t chunk,
                bool overlapped);
  void consider_chunks(std::uint32_t chunk, bool overlapped);
  std::string why(const Candidate& best) const;

  const Layer& layer_;
  const PlanRequest& request_;
  const EnergyTable energy_;
  const Array array_;
  const Pricing pricing_;
  const PixelBlocks largest_;
  std::vector<Candidate> candidates_;
  std::uint64_t refused_live_bits_ = 0;  // of the smallest candidate that the ring has no room for
};

void Planner::consider(const std::string& order, const PixelBlocks& blocks, std::uint32_t chunk,
                       bool overlapped) {
  Candidate c;
  c.order = order;
  c.blocks = blocks;
  c.chunk = chunk;
  c.overlapped = overlapped;
  if (order == "rows" || order == "channel-outer") {
    const std::uint64_t live = pricing_.live_bits(c);
    if (live > request_.feature_bits) {
      refused_live_bits_ = refused_live_bits_ == 0 ? live : std::min(refused_live_bits_, live);
      return;
    }
  }
  candidates_.push_back(pricing_.priced(c, energy_));
}

/// More than one chunk: pieces of a row, 1, 2, 4... rows, all rows.
void Planner::consider_chunks(std::uint32_t chunk, bool overlapped) {
  const bool any = request_.order == LoopOrder::automatic;
  const auto height = static_cast<std::uint32_t>(layer_.out.height);
  const bool pieces_only = largest_.columns != 0;
  if (any || request_.order == LoopOrder::pixel_outer) {
    const std::uint32_t step =
        pieces_only ? std::min(largest_.columns, array_.pixels) : array_.pixels;
    consider("pixel-outer", {1, step}, chunk, overlapped);
    if (any && largest_.columns > step) consider("pixel-outer", largest_, chunk, overlapped);
  }
  if (any && !pieces_only)
    for (std::uint32_t rows = 1; rows < std::min(largest_.rows + 1, height); rows *= 2)
      consider("rows", {rows, 0}, chunk, overlapped);
  if ((any || request_.order == LoopOrder::channel_outer) && !pieces_only &&
      largest_.rows >= height)
    consider("channel-outer", {height, 0}, chunk, overlapped);
}

std::string Planner::why(const Candidate& best) const {
  const auto cost = [](const Candidate& c) {
    return number(c.array_cycles) + " cycles of the array and " + number(c.dram_cycles) +
           " of the DRAM";
  };
  if (best.order == "resident")
    return "the weights of all channels, " + number(best.weight_bytes) +
           " bytes, stay in the weight memory: " + cost(best);
  const std::uint64_t passes = best.blocks.count(layer_);
  std::string text = number((channels() + best.chunk - 1) / best.chunk) + " chunks of " +
                     number(best.chunk) + " channels, weights loaded " +
                     (passes == 1 ? "once" : number(passes) + " times") + ": " + cost(best);
  if (request_.order != LoopOrder::automatic) return text + ", as requested";
  const Candidate* other = nullptr;
  for (const Candidate& c : candidates_)
    if (c.order != best.order &&
        (other == nullptr ||
         std::pair(c.cycles, c.energy_pj) < std::pair(other->cycles, other->energy_pj)))
      other = &c;
  if (other == nullptr) return text;
  text += "; " + other->order + " would take " + cost(*other);
  return text + (other->cycles <= best.cycles ? ", but more energy" : "");
}

/// 0 if a channel fits only into the whole weight memory.
std::uint32_t Planner::chunk_in_block() const {
  return pricing_.block_bytes_of(1) > request_.block_bytes
             ? 0
             : pricing_.chunk_in(request_.block_bytes);
}

Plan Planner::cheapest() {
  const std::uint32_t resident = pricing_.chunk_in(request_.resident_bytes);
  if (resident >= channels())
    consider("resident", largest_, channels(),
             pricing_.block_bytes_of(channels()) <= request_.block_bytes);
  const std::uint32_t chunk = chunk_in_block();
  if (chunk > 0 && chunk < channels()) consider_chunks(chunk, true);
  if (chunk < array_.channels && resident < channels()) consider_chunks(resident, false);
  if (candidates_.empty())
    throw PlanRefused{"needs " + number(refused_live_bits_) +
                      " bits of feature memory for its input and output at once, but " +
                      number(request_.feature_bits) + " are available"};
  std::uint64_t fewest = ~std::uint64_t{0};
  for (const Candidate& c : candidates_)
    fewest = std::min(fewest, c.cycles);
  const Candidate* best = nullptr;
  for (const Candidate& c : candidates_)
    if (static_cast<double>(c.cycles) <= kTie * static_cast<double>(fewest) &&
        (best == nullptr || c.energy_pj < best->energy_pj))
      best = &c;

  Plan plan;
  plan.tiles = chunked(pixel_blocks(layer_, best->blocks), best->chunk);
  plan.order = best->order;
  plan.reason = why(*best);
  plan.cycles = best->array_cycles;
  plan.weight_bytes = best->weight_bytes;
  plan.feature_elements = best->feature_elements;
  return plan;
}

}  // namespace

Plan plan_ring(const Layer& layer, const Geometry& geometry, const PlanRequest& request) {
  return Planner(layer, geometry, request).cheapest();
}

}  // namespace cairn::npu::ms
