#include "models/dma/dma.hpp"

#include <string>

#include "models/kit/input_error.hpp"

namespace cairn {

using namespace dma_regs;

Dma::Dma(sc_core::sc_module_name name, unsigned channels) : Peripheral(name, kRegisters) {
  if (channels == 0 || channels > kMaxChannels)
    throw InputError(std::string(this->name()) + ": a DMA has 1 to " +
                     std::to_string(kMaxChannels) + " channels, not " + std::to_string(channels));
  regs.set<id::channels>(channels);
  for (unsigned i = 0; i < channels; ++i)
    add_channel(i);
}

void Dma::add_channel(unsigned i) {
  const auto moved = [this, i](const job::Descriptor& d, std::uint64_t bytes) {
    if (on_bytes) on_bytes(i, d.layer, bytes, d.source_base, d.target_base);
  };
  channels_.push_back(
      std::make_unique<DmaChannel>(("channel" + std::to_string(i)).c_str(), i,
                                   DmaEngine{.regs = regs,
                                             .master = master,
                                             .irq_changed = [this] { update_irq(); },
                                             .moved = moved}));

  regs.after_write<ctrl>(i, [this, i] {
    const bool start = regs.get<ctrl::start>(i);
    const bool abort = regs.get<ctrl::abort>(i);
    regs.set<ctrl::start>(i, 0);
    regs.set<ctrl::abort>(i, 0);
    if (abort) channels_[i]->abort();
    if (start) channels_[i]->start();
  });
  regs.after_write<irq_status>(i, [this] { update_irq(); });
  regs.after_write<irq_enable>(i, [this] { update_irq(); });
}

void Dma::bind_tokens(unsigned channel, kit::Tokens& tokens) {
  channels_.at(channel)->bind_tokens(tokens);
}

const std::optional<DmaTokenWait>& Dma::token_wait(unsigned channel) const {
  return channels_.at(channel)->token_wait();
}

void Dma::update_irq() {
  bool level = false;
  for (unsigned i = 0; i < channels(); ++i)
    level |= (regs.get<irq_status::done>(i) && regs.get<irq_enable::done>(i)) ||
             (regs.get<irq_status::error>(i) && regs.get<irq_enable::error>(i)) ||
             (regs.get<irq_status::block>(i) && regs.get<irq_enable::block>(i));
  irq.set(level);
}

}  // namespace cairn
