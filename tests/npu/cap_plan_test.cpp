// CAP-RAM: evaluations, placement in the cells, what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "models/npu/block.hpp"
#include "models/npu/cores/cap/core.hpp"
#include "models/npu/cores/cap/placement.hpp"

namespace cairn {
namespace {

using npu::CellRegion;
using npu::cap::CapMapping;
using npu::cap::MacroSize;
using npu::cap::Piece;
using numbers::Layer;
using numbers::Op;

npu::Geometry reloading() {
  npu::Geometry g = npu::cap::defaults();
  g.reload = true;
  return g;
}

Layer convolution(int size, int in, int out, int kernel, int weight_bits, int in_bits) {
  Layer l;
  l.op = Op::convolution;
  l.in = {size, size, in};
  l.out = {size, size, out};
  l.kernel_h = l.kernel_w = kernel;
  l.pad_top = l.pad_left = (kernel - 1) / 2;
  l.in_type = l.out_type = {in_bits, false, 0};
  l.weight_bits = weight_bits;
  l.requantisation = numbers::Requantisation::multiply;
  return l;
}

struct Counted {
  std::uint64_t evaluations = 0, rows = 0, conversions = 0, cell_writes = 0, macs = 0, cycles = 0;
};
Counted counted(const npu::Geometry& geometry, const Layer& layer) {
  const CapMapping mapping(geometry);
  const auto schedule = mapping.schedule(layer);
  Counted n;
  for (const npu::Tile& tile : mapping.plan(layer, {.schedule = "cap"}).tiles)
    for (const npu::Step& s : schedule->next(tile).steps) {
      n.evaluations += s.evaluations;
      n.rows += s.rows;
      n.conversions += s.conversions;
      n.cell_writes += s.cell_writes;
      n.macs += s.macs;
      n.cycles += s.compute_cycles;
    }
  return n;
}

TEST(CapPlanTest, EvaluationsAreChunksTimesRowGroupsTimesDacSlices) {
  // 3 x 3 x 40 operands: 3 chunks; 20 outputs of 4 bits: 80 rows in 2 groups; 8 bits by 3: 3
  // slices.
  const Counted n = counted(reloading(), convolution(4, 40, 20, 3, 4, 8));
  EXPECT_EQ(n.evaluations, 16u * 3 * 2 * 3);
  EXPECT_EQ(n.rows, 16u * 3 * 80 * 3);
  EXPECT_EQ(n.conversions, n.rows);
  EXPECT_EQ(n.cell_writes, 360u * 80);
}

TEST(CapPlanTest, TernaryOutputsTakeTwoRowsAndOneConversion) {
  Layer l = convolution(4, 40, 20, 3, 2, 3);
  l.weight_encoding = numbers::WeightEncoding::ternary;
  const Counted n = counted(reloading(), l);
  EXPECT_EQ(n.evaluations, 16u * 3);
  EXPECT_EQ(n.rows, 16u * 3 * 40);
  EXPECT_EQ(n.conversions, n.rows / 2);
}

TEST(CapPlanTest, ADenseLayerReachesThePublishedPeak) {
  // 128 operands, 64 outputs of one bit, features of three bits: all 8192 units in every cycle.
  const Counted n = counted(reloading(), convolution(64, 128, 64, 1, 1, 3));
  EXPECT_EQ(n.evaluations, 64u * 64);
  const double gops =
      2.0 * static_cast<double>(n.macs) / static_cast<double>(n.evaluations) * 35e6 / 1e9;
  EXPECT_DOUBLE_EQ(gops, 573.44);
  EXPECT_EQ(n.cycles, n.evaluations + 1) << "one plane is selected, once";
}

TEST(CapPlanTest, RegionsLieInTheMacroAndShareNoCell) {
  std::mt19937 random(7);
  const MacroSize size(npu::cap::defaults());
  const auto in = [&](int low, int high) {
    return static_cast<std::uint32_t>(std::uniform_int_distribution(low, high)(random));
  };
  int placed = 0, refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::vector<Piece> pieces;
    std::uint64_t cells = 0;
    for (std::uint32_t n = in(1, 40); n > 0; --n) {
      pieces.push_back({0, 1, 0, 0, in(1, 64), in(1, 128)});
      cells += std::uint64_t{pieces.back().rows} * pieces.back().columns;
    }
    const auto regions = npu::cap::place(pieces, size);
    if (!regions) {
      ++refused;
      EXPECT_GT(2 * cells, size.cells()) << "shelves fill more than half";
      continue;
    }
    ++placed;
    EXPECT_EQ(npu::cap::place(pieces, size), regions);
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>> taken;
    for (std::size_t k = 0; k < pieces.size(); ++k) {
      const CellRegion& r = (*regions)[k];
      ASSERT_EQ(r.rows, pieces[k].rows);
      ASSERT_EQ(r.columns, pieces[k].columns);
      EXPECT_TRUE(r.plane < 8 && r.row % 2 == 0 && r.row + r.rows <= 64 &&
                  r.column + r.columns <= 128);
      for (std::uint32_t row = r.row; row < r.row + r.rows; ++row)
        for (std::uint32_t c = r.column; c < r.column + r.columns; ++c)
          ASSERT_TRUE(taken.insert({r.plane, row, c}).second) << "seed 7, set " << i;
    }
  }
  EXPECT_GT(placed, 50);
  EXPECT_GT(refused, 20);
}

TEST(CapPlanTest, FullChunksFillEveryCell) {
  const CapMapping mapping(npu::cap::defaults());
  // 64 chunks of 128 operands, 64 outputs of one bit: eight planes.
  const std::vector<Layer> fits(8, convolution(4, 128, 64, 1, 1, 3));
  const npu::CellPlan plan = mapping.place_cells(fits);
  EXPECT_EQ(plan.used(), 65'536u);
  EXPECT_EQ(plan.available, 65'536u);
  const std::vector<Layer> nine(9, fits.front());
  try {
    mapping.place_cells(nine);
    FAIL();
  } catch (const npu::CellsRefused& refused) {
    EXPECT_EQ(refused.layer, 8u);
    EXPECT_EQ(refused.needed, 9u * 8'192);
    EXPECT_EQ(refused.available, 65'536u);
  }
}

TEST(CapPlanTest, PaddingThatNoCodeCanHoldIsRefused) {
  Layer l = convolution(8, 4, 4, 3, 4, 3);
  l.in_type.zero_point = 9;
  EXPECT_EQ(CapMapping(reloading()).unsupported(l),
            "is padded with the zero point 9, which no feature of 3 bits can hold");
}

TEST(CapPlanTest, TheMacroMeetsItsPublishedEfficiency) {
  const npu::EnergyTable table = npu::cap::energy(npu::cap::defaults());
  npu::EnergyCounts full;
  full[npu::EnergyEvent::row] = 64;
  const double pj = npu::chip_energy_pj(table, full, table.nominal_volt);
  EXPECT_NEAR(pj, 331.7, 0.05);
  EXPECT_NEAR(2.0 * 64 * 128 / pj, 49.4, 0.01);
}

}  // namespace
}  // namespace cairn
