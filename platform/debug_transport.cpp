#include "platform/debug_transport.hpp"

namespace cairn::platform {

std::size_t debug_transport(Cpu& cpu, tlm::tlm_command command, std::uint32_t address,
                            std::uint8_t* data, std::size_t bytes) {
  if (bytes == 0) return 0;
  tlm::tlm_generic_payload tx;
  tx.set_command(command);
  tx.set_address(address);
  tx.set_data_ptr(data);
  tx.set_data_length(static_cast<unsigned>(bytes));
  tx.set_streaming_width(static_cast<unsigned>(bytes));
  return cpu.bus->transport_dbg(tx);
}

}  // namespace cairn::platform
