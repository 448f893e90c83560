// Sums of products for AMX: tiles of 16 rows, 16 channels and 64 operands.
#include <immintrin.h>

#include <array>

#include "models/npu/numbers/kernels_amx.hpp"
#include "models/npu/numbers/kernels_avx512.hpp"

namespace cairn::numbers {

namespace {

#define CAIRN_AMX [[gnu::target("amx-tile,amx-int8")]]

/// Below this many rows vpdpbusd is as fast: a tile costs the same however few of its rows count.
constexpr int kFewRows = 4;
constexpr int kTileRows = 16;

/// The operand of ldtilecfg.
struct alignas(64) TileConfiguration {
  std::uint8_t palette = 1, start_row = 0;
  std::array<std::uint8_t, 14> reserved{};
  std::array<std::uint16_t, 16> row_bytes{64, 64, 64, 64, 64, 64, 64, 64};
  std::array<std::uint8_t, 16> rows{16, 16, 16, 16, 16, 16, 16, 16};
};

/// Tiles 0 to 3 are sums, 4 and 5 rows, 6 and 7 weights.
CAIRN_AMX void two_by_two(const std::uint8_t* rows, std::int64_t pitch, const WeightPanel& panel,
                          std::int32_t* sums) {
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  const std::uint8_t* below = rows + kTileRows * pitch;
  const std::int8_t* w = panel.first;
  for (int group = 0; group < panel.groups; group += 16, w += 1024) {
    _tile_loadd(6, w, 64);
    _tile_loadd(4, rows + 4 * group, pitch);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, w + panel.block_pitch, 64);
    _tile_dpbusd(1, 4, 7);
    _tile_loadd(5, below + 4 * group, pitch);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  constexpr int bytes = kTilePitch * 4;
  _tile_stored(0, sums, bytes);
  _tile_stored(1, sums + kLanes, bytes);
  _tile_stored(2, sums + kTileRows * kTilePitch, bytes);
  _tile_stored(3, sums + kTileRows * kTilePitch + kLanes, bytes);
}

/// One tile of rows, both blocks.
CAIRN_AMX void one_by_two(const std::uint8_t* rows, std::int64_t pitch, const WeightPanel& panel,
                          std::int32_t* sums) {
  _tile_zero(0);
  _tile_zero(1);
  const std::int8_t* w = panel.first;
  for (int group = 0; group < panel.groups; group += 16, w += 1024) {
    _tile_loadd(4, rows + 4 * group, pitch);
    _tile_loadd(6, w, 64);
    _tile_dpbusd(0, 4, 6);
    _tile_loadd(7, w + panel.block_pitch, 64);
    _tile_dpbusd(1, 4, 7);
  }
  _tile_stored(0, sums, kTilePitch * 4);
  _tile_stored(1, sums + kLanes, kTilePitch * 4);
}

/// One block, one or two tiles of rows.
CAIRN_AMX void by_one(const std::uint8_t* rows, std::int64_t pitch, int tiles,
                      const WeightPanel& panel, std::int32_t* sums) {
  for (int tile = 0; tile < tiles; ++tile) {
    _tile_zero(0);
    const std::int8_t* w = panel.first;
    for (int group = 0; group < panel.groups; group += 16, w += 1024) {
      _tile_loadd(4, rows + tile * kTileRows * pitch + 4 * group, pitch);
      _tile_loadd(6, w, 64);
      _tile_dpbusd(0, 4, 6);
    }
    _tile_stored(0, sums + tile * kTileRows * kTilePitch, kTilePitch * 4);
  }
}

}  // namespace

CAIRN_AMX void begin_amx() {
  static const TileConfiguration configuration;
  _tile_loadconfig(&configuration);
}

CAIRN_AMX void end_amx() {
  _tile_release();
}

void products_amx(const OperandRows& rows, const WeightPanel& panel, std::int32_t* sums) {
  if (rows.count <= kFewRows) return products_avx512(rows, panel, sums);
  if (panel.blocks == 1)
    return by_one(rows.first, rows.pitch, rows.count > kTileRows ? 2 : 1, panel, sums);
  if (rows.count > kTileRows) return two_by_two(rows.first, rows.pitch, panel, sums);
  one_by_two(rows.first, rows.pitch, panel, sums);
}

}  // namespace cairn::numbers
