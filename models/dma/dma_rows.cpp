#include "models/dma/dma_rows.hpp"

namespace cairn {

bool well_formed(const job::Descriptor& d) {
  constexpr std::uint16_t kKnownFlags = 1;  // raise the block interrupt
  const bool sizes =
      d.row_bytes > 0 && d.row_bytes <= kDmaMaxRowBytes && d.rows > 0 && d.planes > 0;
  const bool bases = d.source_base <= unsigned(job::Base::kBuffer) &&
                     d.target_base <= unsigned(job::Base::kBuffer);
  const bool tokens = d.wait_token < job::kTokenCount && d.signal_token < job::kTokenCount;
  const bool reserved = (d.flags & ~kKnownFlags) == 0 && d.reserved[0] == 0 && d.reserved[1] == 0 &&
                        d.reserved[2] == 0;
  return sizes && bases && tokens && reserved;
}

}  // namespace cairn
