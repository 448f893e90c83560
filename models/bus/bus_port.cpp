#include "models/bus/bus_port.hpp"

#include "models/bus/bus.hpp"

namespace cairn {

namespace {

constexpr const char* kCommandNames[] = {"idle", "read", "write", "ignore"};
enum CommandIndex { kIdle, kRead, kWrite, kIgnore };

// Index: 1 - the TLM response, which runs from 1 (OK) over 0 (under way) down to -5.
constexpr const char* kStatusNames[] = {
    "ok", "busy", "error", "address_error", "command_error", "burst_error", "enable_error"};

int command_index(tlm::tlm_command command) {
  if (command == tlm::TLM_READ_COMMAND) return kRead;
  return command == tlm::TLM_WRITE_COMMAND ? kWrite : kIgnore;
}

constexpr kit::trace::Hint kHint{.group = "Bus"};
constexpr kit::trace::Hint kDecimal{.format = kit::trace::Format::kDecimal, .group = "Bus"};

}  // namespace

BusPort::BusPort(sc_core::sc_module_name name)
    : sc_module(name),
      command_("command", kCommandNames, kHint),
      address_("address", 32, kHint),
      target_("target", kHint),
      bytes_("bytes", 32, kDecimal),
      status_("status", kStatusNames, kHint) {
  command_.set(kIdle);
}

void BusPort::begin(const tlm::tlm_generic_payload& tx, const char* target,
                    const sc_core::sc_time& at) {
  if (!command_.on()) [[likely]]
    return;
  command_.set(command_index(tx.get_command()), at);
  address_.set(tx.get_address(), at);
  target_.set(target, at);
  bytes_.set(tx.get_data_length(), at);
  status_.set(1 - tlm::TLM_INCOMPLETE_RESPONSE, at);
}

void BusPort::finish(const tlm::tlm_generic_payload& tx, const sc_core::sc_time& at) {
  if (tx.is_read()) {
    ++counts_.reads;
    counts_.read_bytes += tx.get_data_length();
  } else if (tx.is_write()) {
    ++counts_.writes;
    counts_.write_bytes += tx.get_data_length();
  }
  if (tx.get_response_status() != tlm::TLM_OK_RESPONSE) ++counts_.errors;

  if (!command_.on()) [[likely]]
    return;
  command_.set(kIdle, at);
  target_.set("-", at);
  status_.set(1 - tx.get_response_status(), at);
}

}  // namespace cairn
