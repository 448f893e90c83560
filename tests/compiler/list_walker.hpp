// Walks the two lists of a job as NPU and DMA do, in any interleaving, on memories of bytes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "compiler/job_reader.hpp"
#include "models/npu/command.hpp"
#include "models/npu/geometry.hpp"
#include "tests/compiler/tile_executor.hpp"

namespace cairn::test {

class ListWalker {
 public:
  ListWalker(std::vector<std::uint8_t> image, const npu::Geometry& geometry);

  /// Runs the job, choosing at random which side moves when both can. A tile computes for several
  /// moves, between which the DMA goes on, and reads its memories at the end of them. Returns why
  /// it failed: a deadlock, or a write into a block in use; empty if it ended.
  std::string run(const std::vector<std::uint8_t>& input, std::mt19937& random);

  std::vector<std::uint8_t> output;
  bool overlapped = false;  ///< weights were loaded while a tile computed

 private:
  struct Slot {
    numbers::Layer layer;
    npu::LayerPlacement place;
  };

  std::string move_dma();
  std::string move_npu(std::mt19937& random);
  std::string copy(const job::Descriptor& d);
  void perform(const job::Command& c);
  void compute(const job::TileCommand& c);
  bool hits_block_in_use(const job::Descriptor& d) const;
  RingBytes ring(unsigned number);
  std::vector<std::uint8_t>& memory(std::uint8_t base);
  bool ready(std::uint8_t token, std::uint16_t count) const { return tokens_[token] >= count; }

  std::vector<std::uint8_t> image_, input_, features_, buffer_, weights_;
  compiler::JobContents job_;
  std::vector<std::uint32_t> tokens_;
  std::array<job::RingCommand, 8> rings_{};
  std::array<std::optional<Slot>, 4> slots_;
  std::size_t descriptor_ = 0, command_ = 0;
  int computing_ = 0;  ///< moves left of the current tile
};

}  // namespace cairn::test
