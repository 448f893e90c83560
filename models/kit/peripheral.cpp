#include "models/kit/peripheral.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace cairn::kit {

void Peripheral::b_transport(tlm::tlm_generic_payload& tx, sc_core::sc_time& delay) {
  delay += rules_.latency;
  const tlm::tlm_response_status status = check(tx);
  if (status == tlm::TLM_OK_RESPONSE) {
    sc_core::wait(delay);  // registers have side effects: meet the kernel at the right time
    delay = sc_core::SC_ZERO_TIME;
    const auto offset = static_cast<std::uint32_t>(tx.get_address());
    const unsigned bytes = tx.get_data_length();
    const unsigned step = rules_.register_bytes == 1 ? bytes : std::min(bytes, 4u);
    for (unsigned at = 0; at < bytes; at += step)
      access(tx, offset + at, at, step);
  }
  tx.set_response_status(status);
}

tlm::tlm_response_status Peripheral::check(const tlm::tlm_generic_payload& tx) const {
  const unsigned bytes = tx.get_data_length();
  if (tx.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (bytes < rules_.min_bytes || bytes > rules_.max_bytes || (bytes & (bytes - 1)) != 0 ||
      tx.get_streaming_width() < bytes)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (tx.get_address() % bytes != 0) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (rules_.holes_read_zero) return tlm::TLM_OK_RESPONSE;
  const auto offset = static_cast<std::uint32_t>(tx.get_address());
  if (regs.name_at(offset) == nullptr) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (rules_.register_bytes == 4 && bytes == 8 && regs.name_at(offset + 4) == nullptr)
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

// One register, or a hole that reads as zero. `at` is its place in the payload's data.
void Peripheral::access(tlm::tlm_generic_payload& tx, std::uint32_t offset, std::uint32_t at,
                        unsigned bytes) {
  unsigned char* const data = tx.get_data_ptr() + at;
  const std::size_t used = std::min<std::size_t>(bytes, sizeof(std::uint32_t));
  if (access_.on()) show(tx, offset);
  std::uint32_t word = 0;
  if (tx.is_read()) {
    if (!regs.bus_read(offset, word)) word = 0;
    std::memset(data, 0, bytes);
    std::memcpy(data, &word, used);
  } else if (tx.is_write()) {
    std::memcpy(&word, data, used);
    regs.bus_write(offset, word);
  }
}

void Peripheral::show(const tlm::tlm_generic_payload& tx, std::uint32_t offset) {
  const char* const name = regs.name_at(offset);
  access_.set(std::string(tx.is_read() ? "read " : "write ") + (name ? name : "nothing"));
}

unsigned Peripheral::transport_dbg(tlm::tlm_generic_payload& tx) {
  const unsigned width = rules_.register_bytes;
  unsigned char* const data = tx.get_data_ptr();
  unsigned done = 0;
  while (done < tx.get_data_length()) {
    const auto address = static_cast<std::uint32_t>(tx.get_address()) + done;
    const std::uint32_t skip = address % width;
    const std::uint32_t offset = address - skip;
    const unsigned n = std::min(width - skip, tx.get_data_length() - done);
    std::uint32_t word = 0;
    if (!regs.peek(offset, word) && !rules_.holes_read_zero) break;
    auto* const bytes = reinterpret_cast<unsigned char*>(&word) + skip;
    if (tx.is_read()) std::memcpy(data + done, bytes, n);
    if (tx.is_write()) {
      std::memcpy(bytes, data + done, n);
      regs.poke(offset, word);
    }
    done += n;
  }
  return done;
}

}  // namespace cairn::kit
