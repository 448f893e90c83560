// DMA engine: channels that walk lists of descriptors, behind one register file and one bus master.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "models/dma/dma_channel.hpp"
#include "models/kit/irq.hpp"
#include "models/kit/peripheral.hpp"
#include "models/kit/tokens.hpp"

namespace cairn {

/// Registers: models/dma/dma.toml; descriptors: models/npu/job.toml.
///
/// Rows are moved one bus transaction each, and time comes from the bus and the memories. A channel
/// that does not exist keeps its registers and ignores start.
class Dma : public kit::Peripheral {
 public:
  static constexpr unsigned kMaxChannels = dma_regs::ctrl::count;

  tlm_utils::simple_initiator_socket<Dma> master{"master"};  ///< bus master of all channels
  kit::IrqOut irq{"irq"};                                    ///< any enabled cause of any channel

  /// `channels` is 1 to kMaxChannels; others throw InputError.
  Dma(sc_core::sc_module_name name, unsigned channels);

  [[nodiscard]] unsigned channels() const { return static_cast<unsigned>(channels_.size()); }

  /// The NPU that `channel` works for. Without it, descriptors that use tokens are refused.
  void bind_tokens(unsigned channel, kit::Tokens& tokens);

  /// The token that `channel` waits for, if it waits.
  [[nodiscard]] const std::optional<DmaTokenWait>& token_wait(unsigned channel) const;

  /// For reports: called at the end of each descriptor with the bytes it moved, all of them or, if
  /// it failed, those before the failure. Bases are job::Base.
  std::function<void(unsigned channel, std::uint16_t layer, std::uint64_t bytes_read_from_source,
                     std::uint8_t source_base, std::uint8_t target_base)>
      on_bytes;

 private:
  void add_channel(unsigned index);
  void update_irq();

  std::vector<std::unique_ptr<DmaChannel>> channels_;
};

}  // namespace cairn
