#include "models/npu/chunk_plan.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "models/npu/live.hpp"

namespace cairn::npu {

namespace {

using numbers::Layer;
using numbers::Op;

constexpr double kTie = 1.01;
constexpr std::uint64_t kWordBits = 64;

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

/// A way to tile the layer, and what its schedule counts.
struct Candidate {
  std::string order;
  std::vector<Tile> tiles;
  std::uint32_t chunk = 0;  // output channels
  bool overlapped = true;   // a block can be loaded while the one before it is used
  ScheduleTotals totals;
  std::uint64_t array_cycles = 0, dram_cycles = 0, weight_bytes = 0, feature_elements = 0;
  double energy_pj = 0;

  std::uint64_t cycles() const {
    return overlapped ? std::max(array_cycles, dram_cycles) : array_cycles + dram_cycles;
  }
};

class Planner {
 public:
  Planner(const Layer& layer, const PlanRequest& request, const EnergyTable& energy,
          const ChunkedLayer& chunked)
      : layer_(layer),
        request_(request),
        energy_(energy),
        chunked_(chunked),
        channels_(static_cast<std::uint32_t>(layer.out.channels)),
        width_(static_cast<std::uint32_t>(layer.out.width)),
        rows_(static_cast<std::uint32_t>(layer.out.height)),
        columns_(width_) {
    if (request.pixels_at_once == 0) return;
    rows_ = std::clamp(request.pixels_at_once / width_, 1u, rows_);
    columns_ = std::min(request.pixels_at_once, width_);
  }

  Plan cheapest();

 private:
  std::uint64_t bytes_of(std::uint32_t channels) const;
  std::uint32_t chunk_in(std::uint64_t bytes) const;
  std::vector<Tile> tiles(std::uint32_t rows, std::uint32_t chunk) const;
  void consider(const std::string& order, std::uint32_t rows, std::uint32_t chunk, bool overlapped);
  void consider_chunks(std::uint32_t chunk, bool overlapped);
  void count(Candidate& candidate) const;
  std::string why(const Candidate& best) const;

  const Layer& layer_;
  const PlanRequest& request_;
  const EnergyTable& energy_;
  const ChunkedLayer& chunked_;
  const std::uint32_t channels_, width_;
  std::uint32_t rows_, columns_;  // of the largest block of pixels
  std::vector<Candidate> candidates_;
  std::uint64_t refused_live_bits_ = 0;  // of the smallest candidate that has no room
};

std::uint64_t Planner::bytes_of(std::uint32_t channels) const {
  const Tile tile{
      0, 1, 0, channels, 0, static_cast<std::uint32_t>(layer_.in.channels), request_.cells};
  return block_bytes(layer_, tile);
}

/// Channels of equal chunks, as few chunks as the block and the core allow; 0 if not even one
/// channel fits.
std::uint32_t Planner::chunk_in(std::uint64_t bytes) const {
  std::uint32_t before = 0;
  for (std::uint32_t chunks = 1; chunks <= channels_; ++chunks) {
    const std::uint32_t chunk = (channels_ + chunks - 1) / chunks;
    if (chunk == before) continue;
    before = chunk;
    if (bytes_of(chunk) <= bytes && chunked_.takes(chunk)) return chunk;
  }
  return 0;
}

std::vector<Tile> Planner::tiles(std::uint32_t rows, std::uint32_t chunk) const {
  const auto height = static_cast<std::uint32_t>(layer_.out.height);
  const auto inputs = static_cast<std::uint32_t>(layer_.in.channels);
  std::vector<Tile> list;
  for (std::uint32_t row = 0; row < height; row += rows)
    for (std::uint32_t column = 0; column < width_; column += columns_) {
      const std::uint32_t pixels =
          std::min(columns_, width_ - column) * std::min(rows, height - row);
      for (std::uint32_t channel = 0; channel < channels_; channel += chunk)
        list.push_back({row * width_ + column, pixels, channel,
                        std::min(chunk, channels_ - channel), 0, inputs, request_.cells});
    }
  return list;
}

void Planner::count(Candidate& c) const {
  const std::unique_ptr<LayerSchedule> schedule = chunked_.schedule();
  ScheduleTotals& t = c.totals;
  std::pair<std::uint32_t, std::uint32_t> block{0, 0};
  for (const Tile& tile : c.tiles) {
    if (const std::pair now{tile.first_channel, tile.channels}; now != block) {
      c.weight_bytes += block_bytes(layer_, tile);
      block = now;
    }
    const TileSteps steps = schedule->next(tile);
    for (const PixelRun& run : steps.runs)
      t.pixels_read += run.count;
    for (const Step& step : steps.steps) {
      t.array_cycles += step.compute_cycles + step.cell_cycles;
      t.loads += step.loads;
      t.cell_writes += step.cell_writes;
      t.weight_bits += step.weight_bits;
      t.buffer_bits_read += step.buffer_bits_read;
      t.buffer_bits_written += step.buffer_bits_written;
    }
  }
  c.array_cycles = t.array_cycles + chunked_.data_cycles(*schedule);
  const std::uint64_t inputs = layer_.op == Op::add ? 2 : 1;
  c.feature_elements = t.pixels_read * layer_.in.channels * inputs +
                       static_cast<std::uint64_t>(layer_.out.elements());
  if (request_.dram_bytes_per_cycle > 0)
    c.dram_cycles = static_cast<std::uint64_t>(
        std::ceil(static_cast<double>(c.weight_bytes) / request_.dram_bytes_per_cycle));
  EnergyCounts counts;
  counts[EnergyEvent::dram_bit] = 8 * c.weight_bytes;
  counts[EnergyEvent::weight_write] = 8 * c.weight_bytes / kWordBits;
  counts[EnergyEvent::weight_read] = t.weight_bits / kWordBits;
  counts[EnergyEvent::feature_read] = counts[EnergyEvent::buffer_write] =
      t.buffer_bits_written / kWordBits;
  counts[EnergyEvent::buffer_read] = t.buffer_bits_read / kWordBits;
  counts[EnergyEvent::load] = t.loads;
  counts[EnergyEvent::cell_write] = t.cell_writes;
  for (const EnergyPart& part : energy_per_part(energy_, counts, energy_.nominal_volt))
    c.energy_pj += part.pj;
}

void Planner::consider(const std::string& order, std::uint32_t rows, std::uint32_t chunk,
                       bool overlapped) {
  Candidate c;
  c.order = order;
  c.tiles = tiles(rows, chunk);
  c.chunk = chunk;
  c.overlapped = overlapped;
  if (rows > 1 && chunk < channels_) {
    const std::uint64_t live = peak_live_bits(layer_, live_from(layer_), c.tiles);
    if (live > request_.feature_bits) {
      refused_live_bits_ = refused_live_bits_ == 0 ? live : std::min(refused_live_bits_, live);
      return;
    }
  }
  count(c);
  candidates_.push_back(std::move(c));
}

void Planner::consider_chunks(std::uint32_t chunk, bool overlapped) {
  const auto height = static_cast<std::uint32_t>(layer_.out.height);
  const bool any = request_.order == LoopOrder::automatic;
  if (any || request_.order == LoopOrder::pixel_outer)
    consider("pixel-outer", 1, chunk, overlapped);
  if (any)
    for (std::uint32_t rows = 2; rows < std::min(rows_ + 1, height); rows *= 2)
      consider("rows", rows, chunk, overlapped);
  if ((any || request_.order == LoopOrder::channel_outer) && rows_ >= height && height > 1)
    consider("channel-outer", height, chunk, overlapped);
}

std::string Planner::why(const Candidate& best) const {
  std::string text = number((channels_ + best.chunk - 1) / best.chunk) + " chunks of " +
                     number(best.chunk) + " channels";
  if (best.order == "resident") text = "the weights of all channels stay in the weight memory";
  text += ": at most " + number(best.array_cycles) + " cycles of the array and " +
          number(best.dram_cycles) + " of the DRAM";
  return text + chunked_.remark(best.tiles, best.totals);
}

Plan Planner::cheapest() {
  const std::uint32_t resident = chunk_in(request_.resident_bytes),
                      chunk = chunk_in(request_.block_bytes);
  if (resident == channels_)
    consider("resident", rows_, channels_, bytes_of(channels_) <= request_.block_bytes);
  if (chunk > 0 && chunk < channels_) consider_chunks(chunk, true);
  if (chunk == 0 && resident > 0 && resident < channels_) consider_chunks(resident, false);
  if (resident == 0)
    throw PlanRefused{
        "needs " + number(bytes_of(1)) + " bytes of weight memory for one output channel, but " +
        number(request_.resident_bytes) + " are available to it; and " + chunked_.needs()};
  if (candidates_.empty())
    throw PlanRefused{"needs " + number(refused_live_bits_) +
                      " bits of feature memory for its input and output at once, but " +
                      number(request_.feature_bits) + " are available"};
  std::uint64_t fewest = ~std::uint64_t{0};
  for (const Candidate& c : candidates_)
    fewest = std::min(fewest, c.cycles());
  const Candidate* best = nullptr;
  for (const Candidate& c : candidates_)
    if (static_cast<double>(c.cycles()) <= kTie * static_cast<double>(fewest) &&
        (best == nullptr || c.energy_pj < best->energy_pj))
      best = &c;
  Plan plan;
  plan.tiles = best->tiles;
  plan.order = best->order;
  plan.reason = why(*best);
  plan.cycles = best->array_cycles;
  plan.weight_bytes = best->weight_bytes;
  plan.feature_elements = best->feature_elements;
  return plan;
}

}  // namespace

Plan cheapest_chunks(const Layer& layer, const PlanRequest& request, const EnergyTable& energy,
                     const ChunkedLayer& chunked) {
  return Planner(layer, request, energy, chunked).cheapest();
}

}  // namespace cairn::npu
