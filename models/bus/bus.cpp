#include "models/bus/bus.hpp"

#include <algorithm>

namespace cairn {

using sc_core::sc_time;
using sc_core::sc_time_stamp;

namespace {

// The target's name without its socket and without what it shares with the bus: "npu0.features".
std::string name_of(const sc_core::sc_object& socket, const sc_core::sc_object& bus) {
  const sc_core::sc_object* const owner = socket.get_parent_object();
  const std::string name = owner != nullptr ? owner->name() : socket.name();
  const sc_core::sc_object* const around = bus.get_parent_object();
  const std::string prefix = around != nullptr ? std::string(around->name()) + "." : "";
  return name.starts_with(prefix) ? name.substr(prefix.size()) : name;
}

}  // namespace

Bus::Bus(sc_core::sc_module_name name, const BusOptions& options)
    : sc_module(name),
      clock_(options.clock_hz),
      width_bytes_(options.width_bytes),
      default_latency_cycles_(options.latency_cycles) {
  targets_.register_invalidate_direct_mem_ptr(this, &Bus::invalidate_direct_mem_ptr);
}

BusPort& Bus::new_port(const std::string& initiator) {
  const auto id = static_cast<int>(ports_.size());
  simcontext()->hierarchy_push(this);  // the port belongs to the bus, whoever calls connect
  ports_.push_back(std::make_unique<BusPort>(initiator.c_str()));
  simcontext()->hierarchy_pop();
  auto& socket = ports_.back()->socket;
  socket.register_b_transport(this, &Bus::b_transport, id);
  socket.register_transport_dbg(this, &Bus::transport_dbg, id);
  socket.register_get_direct_mem_ptr(this, &Bus::get_direct_mem_ptr, id);
  return *ports_.back();
}

void Bus::add_region(std::uint64_t base, std::uint64_t bytes, const sc_core::sc_object& socket,
                     unsigned latency_cycles) {
  map_.add({base, bytes, name_of(socket, *this), target_states_.size()});
  target_states_.push_back({latency_cycles, {}});
}

void Bus::b_transport(int initiator, tlm::tlm_generic_payload& tx, sc_time& delay) {
  BusPort& port = *ports_[initiator];
  const std::uint64_t address = tx.get_address();
  const BusRegion* const region = map_.find(address, tx.get_data_length(), port.last_hit_);
  const char* const target = region != nullptr ? region->target.c_str() : "";

  const sc_time begin = sc_time_stamp() + delay;
  const std::uint64_t ticket =
      ring_.begin({begin, begin, port.basename(), target, tx.get_command(), address,
                   tx.get_data_length(), tlm::TLM_INCOMPLETE_RESPONSE});
  port.begin(tx, target, begin);
  if (region != nullptr) {
    forward(*region, tx, delay, port.counts_);
  } else {
    delay += clock_.time_of(default_latency_cycles_);
    tx.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
  const sc_time end = sc_time_stamp() + delay;
  port.finish(tx, end);
  ring_.finish(ticket, end, tx.get_response_status());
}

void Bus::forward(const BusRegion& region, tlm::tlm_generic_payload& tx, sc_time& delay,
                  BusCounts& counts) {
  Target& target = target_states_[region.port];
  const std::uint64_t beats = (tx.get_data_length() + width_bytes_ - 1) / width_bytes_;
  const sc_time wanted = sc_time_stamp() + delay;
  const sc_time transfer = clock_.time_of(beats);
  const sc_time start = target.data.reserve(wanted, transfer);
  counts.waiting += start - wanted;

  const sc_time arrival = start + clock_.time_of(target.latency_cycles);
  delay = arrival - sc_time_stamp();
  const std::uint64_t address = tx.get_address();
  tx.set_address(address - region.base);
  targets_[static_cast<int>(region.port)]->b_transport(tx, delay);  // may wait: time has passed
  tx.set_address(address);
  delay = std::max(sc_time_stamp() + delay, arrival + transfer) - sc_time_stamp();
}

unsigned Bus::transport_dbg(int initiator, tlm::tlm_generic_payload& tx) {
  const std::uint64_t address = tx.get_address();
  std::size_t hint = ports_[initiator]->last_hit_;
  const BusRegion* const region = map_.find(address, tx.get_data_length(), hint);
  if (region == nullptr) return 0;
  tx.set_address(address - region->base);
  const unsigned moved = targets_[static_cast<int>(region->port)]->transport_dbg(tx);
  tx.set_address(address);
  return moved;
}

bool Bus::get_direct_mem_ptr(int initiator, tlm::tlm_generic_payload& tx, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = tx.get_address();
  const BusRegion* const region = map_.find(address, 1, ports_[initiator]->last_hit_);
  if (region == nullptr) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  tx.set_address(address - region->base);
  const bool granted = targets_[static_cast<int>(region->port)]->get_direct_mem_ptr(tx, dmi);
  tx.set_address(address);

  const sc_dt::uint64 first = std::min<sc_dt::uint64>(dmi.get_start_address(), region->bytes - 1);
  const sc_dt::uint64 last = std::min<sc_dt::uint64>(dmi.get_end_address(), region->bytes - 1);
  dmi.set_start_address(region->base + first);
  dmi.set_end_address(region->base + last);
  const sc_time latency = clock_.time_of(target_states_[region->port].latency_cycles);
  dmi.set_read_latency(dmi.get_read_latency() + latency);
  dmi.set_write_latency(dmi.get_write_latency() + latency);
  return granted;
}

void Bus::invalidate_direct_mem_ptr(int target, sc_dt::uint64 first, sc_dt::uint64 last) {
  for (const BusRegion& region : map_.regions()) {
    if (region.port != static_cast<std::size_t>(target) || first >= region.bytes) continue;
    const sc_dt::uint64 end = std::min<sc_dt::uint64>(last, region.bytes - 1);
    for (const auto& port : ports_)
      port->socket->invalidate_direct_mem_ptr(region.base + first, region.base + end);
  }
}

}  // namespace cairn
