#include "models/memory/memory.hpp"

#include <cstring>

namespace cairn {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

MemoryCounts& MemoryCounts::operator+=(const MemoryCounts& other) {
  reads += other.reads;
  writes += other.writes;
  read_bytes += other.read_bytes;
  write_bytes += other.write_bytes;
  return *this;
}

Memory::Memory(sc_core::sc_module_name name, const MemoryOptions& options)
    : sc_module(name), options_(options), rate_(options.bytes_per_second), pages_(options.bytes) {
  bus.register_b_transport(this, &Memory::b_transport);
  bus.register_transport_dbg(this, &Memory::transport_dbg);
  bus.register_get_direct_mem_ptr(this, &Memory::get_direct_mem_ptr);
}

bool Memory::inside(const tlm::tlm_generic_payload& tx) const {
  return tx.get_address() <= pages_.size() &&
         tx.get_data_length() <= pages_.size() - tx.get_address();
}

tlm::tlm_response_status Memory::check(const tlm::tlm_generic_payload& tx) const {
  if (!inside(tx)) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (tx.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (tx.get_streaming_width() < tx.get_data_length()) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (tx.is_write() && options_.read_only) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

void Memory::b_transport(tlm::tlm_generic_payload& tx, sc_time& delay) {
  tx.set_response_status(check(tx));
  if (tx.get_response_status() != tlm::TLM_OK_RESPONSE) {
    delay += options_.latency;
    return;
  }
  const unsigned bytes = tx.get_data_length();
  const sc_time transfer = rate_.time_of(bytes);
  const sc_time start = data_path_.reserve(sc_time_stamp() + delay, transfer);
  delay = start + options_.latency + transfer - sc_time_stamp();

  if (tx.is_read()) {
    std::memcpy(tx.get_data_ptr(), pages_.data() + tx.get_address(), bytes);
    transport_ += {.reads = 1, .read_bytes = bytes};
  } else if (tx.is_write()) {
    std::memcpy(pages_.data() + tx.get_address(), tx.get_data_ptr(), bytes);
    transport_ += {.writes = 1, .write_bytes = bytes};
  }
  tx.set_dmi_allowed(true);
}

unsigned Memory::transport_dbg(tlm::tlm_generic_payload& tx) {
  if (!inside(tx)) return 0;
  std::uint8_t* const at = pages_.data() + tx.get_address();
  if (tx.is_read()) std::memcpy(tx.get_data_ptr(), at, tx.get_data_length());
  if (tx.is_write()) std::memcpy(at, tx.get_data_ptr(), tx.get_data_length());
  return tx.get_data_length();
}

bool Memory::get_direct_mem_ptr(tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.set_start_address(0);
  dmi.set_end_address(pages_.size() - 1);
  if (tx.get_address() >= pages_.size()) {
    dmi.set_start_address(pages_.size());
    dmi.set_end_address(~sc_dt::uint64{0});
    return false;
  }
  if (options_.read_only && tx.is_write()) return false;
  dmi.set_dmi_ptr(pages_.data());
  dmi.set_granted_access(options_.read_only ? tlm::tlm_dmi::DMI_ACCESS_READ
                                            : tlm::tlm_dmi::DMI_ACCESS_READ_WRITE);
  dmi.set_read_latency(options_.latency);
  dmi.set_write_latency(options_.latency);
  return true;
}

void Memory::post_dmi(const MemoryCounts& since_last_post) {
  dmi_ += since_last_post;
  dmi_bytes_.set(dmi_.read_bytes + dmi_.write_bytes);
}

}  // namespace cairn
