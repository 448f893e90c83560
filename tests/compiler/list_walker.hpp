// Walks the two lists of a job as NPU and DMA do, in any interleaving, on memories of bytes.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "compiler/job_reader.hpp"

namespace cairn::test {

class ListWalker {
 public:
  ListWalker(std::vector<std::uint8_t> image, std::uint64_t feature_bits,
             std::uint32_t weight_bytes);

  /// Runs the job, choosing at random which side moves when both can. Layers compute for several
  /// moves, between which the DMA goes on. Returns why it failed: a deadlock, or a write into a
  /// block in use; empty if it ended.
  std::string run(const std::vector<std::uint8_t>& input, std::mt19937& random);

  std::vector<std::uint8_t> output;
  std::uint64_t overflows = 0;
  bool overlapped = false;  ///< a weight descriptor ran while a layer computed

 private:
  std::string move_dma();
  std::string move_npu(std::mt19937& random);
  std::string copy(const job::Descriptor& d);
  void compute(const job::Command& c);
  bool ready(std::uint8_t token, std::uint16_t count) const { return tokens_[token] >= count; }

  std::vector<std::uint8_t> image_, input_, features_, weights_;
  std::uint64_t ring_bits_;
  compiler::JobContents job_;
  std::vector<std::uint32_t> tokens_;
  std::size_t descriptor_ = 0, command_ = 0;
  int computing_ = 0;  ///< moves left of the current command
};

}  // namespace cairn::test
