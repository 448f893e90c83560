// The commands behind GDB's `monitor`: what the hardware knows and a debugger has no packet for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/gdb/target.hpp"
#include "platform/map/address_map.hpp"

namespace cairn::platform::gdb {

class Monitor {
 public:
  Monitor(Target& target, std::vector<AddressRange> map) : target_(target), map_(std::move(map)) {}

  /// What the command prints: lines. A mistake is a sentence too.
  std::string run(std::string_view command);

 private:
  std::string reset();
  std::string registers(std::string_view device, std::string_view name) const;
  std::string time() const;
  std::string irq() const;
  std::string device_names() const;
  std::string interrupt_sources() const;
  /// Of a device's register; zero where nothing answers.
  std::uint32_t peek(std::uint32_t addr, unsigned bytes = 4) const;

  Target& target_;
  std::vector<AddressRange> map_;
};

}  // namespace cairn::platform::gdb
