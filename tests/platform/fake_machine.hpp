// A machine of plain memory, on which a C++ function plays firmware and hardware.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "platform/machine.hpp"
#include "platform/map/address_map.hpp"

namespace cairn::test {

class FakeMachine : public platform::Machine {
 public:
  using Firmware = std::function<platform::Outcome(FakeMachine&)>;

  FakeMachine(const platform::MachineConfig& config, platform::MachineHooks machine_hooks,
              Firmware firmware)
      : hooks(std::move(machine_hooks)),
        map_(platform::address_map(config)),
        firmware_(std::move(firmware)) {}

  bool load(std::uint32_t address, std::span<const std::uint8_t> bytes) override {
    std::uint8_t* place = at(address, bytes.size());
    if (place != nullptr) std::ranges::copy(bytes, place);
    return place != nullptr;
  }
  bool peek(std::uint32_t address, std::span<std::uint8_t> bytes) const override {
    const std::uint8_t* place = at(address, bytes.size());
    if (place != nullptr) std::copy_n(place, bytes.size(), bytes.begin());
    return place != nullptr;
  }
  template <typename T>
  T read(std::uint32_t address) const {
    T out{};
    if (!peek(address, {reinterpret_cast<std::uint8_t*>(&out), sizeof out}))
      throw std::out_of_range("read");
    return out;
  }
  template <typename T>
  void write(std::uint32_t address, const T& value) {
    if (!load(address, {reinterpret_cast<const std::uint8_t*>(&value), sizeof value}))
      throw std::out_of_range("write");
  }

  void start_at(std::uint32_t new_entry, std::uint32_t new_a1) override {
    entry = new_entry;
    a1 = new_a1;
  }
  void watch_stores(std::uint32_t address, std::uint32_t bytes,
                    std::function<std::optional<std::uint32_t>()> new_stored) override {
    watched_address = address;
    watched_bytes = bytes;
    stored = std::move(new_stored);
  }
  void attach_waves(const std::filesystem::path& vcd) override { waves = vcd; }
  void attach_debugger(const platform::gdb::Options& options, std::ostream&) override {
    debugger = options;
  }
  platform::Outcome run(std::uint64_t timeout, const std::atomic<bool>&) override {
    timeout_ps = timeout;
    return firmware_(*this);
  }
  std::uint64_t now_ps() const override { return 12'300'000; }
  std::uint64_t instructions() const override { return 1234; }
  double kernel_seconds() const override { return 0.001; }

  platform::MachineHooks hooks;
  std::uint32_t entry = 0, a1 = 0;
  std::uint32_t watched_address = 0, watched_bytes = 0;
  std::function<std::optional<std::uint32_t>()> stored;  ///< of watch_stores
  std::uint64_t timeout_ps = 0;
  std::filesystem::path waves;
  std::optional<platform::gdb::Options> debugger;

 private:
  std::uint8_t* at(std::uint64_t address, std::uint64_t bytes) const {
    const platform::AddressRange* range = platform::memory_with(map_, address, bytes);
    if (range == nullptr) return nullptr;
    std::unique_ptr<std::uint8_t[]>& memory = memories_[range->name];
    if (!memory) memory.reset(new std::uint8_t[range->bytes]());
    return memory.get() + (address - range->base);
  }

  std::vector<platform::AddressRange> map_;
  Firmware firmware_;
  mutable std::map<std::string, std::unique_ptr<std::uint8_t[]>> memories_;
};

}  // namespace cairn::test
