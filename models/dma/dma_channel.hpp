// One channel of the DMA: walks a list of descriptors and moves their rows.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "dma_regs.hpp"  // generated
#include "models/dma/dma_rows.hpp"
#include "models/kit/registers.hpp"
#include "models/kit/tokens.hpp"
#include "models/kit/trace.hpp"

namespace cairn {

/// A descriptor's wait that is not met yet, for post-mortems.
struct DmaTokenWait {
  unsigned token;
  std::uint16_t needed;
  std::uint32_t descriptor;  ///< index in the list
  std::uint16_t layer;
};

/// What the channel uses of the engine around it; all of it outlives the channel.
struct DmaEngine {
  kit::RegisterFile& regs;
  tlm::tlm_initiator_socket<>& master;
  /// Called after irq_status has changed.
  std::function<void()> irq_changed;
  /// Called when a descriptor is done, or has failed after moving `bytes` > 0.
  std::function<void(const job::Descriptor& descriptor, std::uint64_t bytes)> moved;
};

/// Two row buffers: row i is written while row i + 1 is being read. Registers are latched by start.
class DmaChannel : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(DmaChannel);
  DmaChannel(sc_core::sc_module_name name, unsigned index, DmaEngine engine);

  void bind_tokens(kit::Tokens& tokens) { tokens_ = &tokens; }

  void start();  ///< ignored while busy
  void abort();  ///< ignored while idle

  [[nodiscard]] const std::optional<DmaTokenWait>& token_wait() const { return token_wait_; }

 private:
  using ErrorCode = dma_regs::error_code::CodeValue;
  struct Fault {
    ErrorCode code;
    std::uint64_t address;
  };
  struct Access {
    bool ok;
    sc_core::sc_time done;  ///< when the data are there (read) or visible (write)
  };
  using Outcome = std::optional<Fault>;

  void run();  // thread: one list per start
  [[nodiscard]] Outcome walk();
  [[nodiscard]] Outcome fetch(std::uint64_t address, job::Descriptor& descriptor);
  [[nodiscard]] Outcome wait_for_token(const job::Descriptor& descriptor, std::uint64_t address);
  [[nodiscard]] Outcome move(const job::Descriptor& descriptor, std::uint64_t address);
  [[nodiscard]] Outcome move_rows(const job::Descriptor& descriptor, std::uint64_t address,
                                  std::uint64_t& bytes);
  void finish(const job::Descriptor& descriptor);
  void end(const Outcome& outcome);

  void latch_windows();
  [[nodiscard]] bool tokens_usable(const job::Descriptor& descriptor) const;
  Access access(tlm::tlm_command command, std::uint64_t address, void* data, std::size_t bytes);
  static void wait_until(const sc_core::sc_time& at);

  const unsigned index_;
  DmaEngine engine_;
  kit::Tokens* tokens_ = nullptr;

  sc_core::sc_event start_{"start"};
  sc_core::sc_event aborted_event_{"aborted"};
  bool aborted_ = false;
  std::uint32_t descriptor_ = 0;  ///< index of the current one; the number finished before it
  std::uint64_t moved_bytes_ = 0;
  DmaWindows windows_;
  std::vector<std::uint8_t> row_;
  std::optional<DmaTokenWait> token_wait_;

  kit::trace::Enumeration state_trace_;
  kit::trace::Vector descriptor_trace_;
  kit::trace::Vector layer_trace_;
  kit::trace::Vector bytes_trace_;
};

}  // namespace cairn
