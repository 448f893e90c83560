// A bench for trace channels: one of each kind, and a body that runs in a process.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/kit/vcd_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/vcd_reader.hpp"

namespace cairn::test {

namespace trace = kit::trace;

inline constexpr std::array kStates{"idle", "load weights", "busy"};

/// One channel of each kind: bench.irq, bench.address, ...
class TracedValues : public sc_core::sc_module {
 public:
  explicit TracedValues(sc_core::sc_module_name name) : sc_module(name) {}

  trace::Bit irq{"irq"};
  trace::Vector address{"address", 12};
  trace::Vector wide{"wide", 64};
  trace::Enumeration state{"state", kStates};
  trace::Real power{"power"};
  trace::Text layer{"layer"};
};

class TraceBench : public testing::Test, public TracedValues {
 public:
  SC_HAS_PROCESS(TraceBench);
  TraceBench() : TracedValues("bench") {
    SC_THREAD(main);
    set_stack_size(1 << 20);
  }

  static sc_core::sc_time ns(int count) { return {static_cast<double>(count), sc_core::SC_NS}; }

  /// Runs `body` in a process of the kernel, without a sink unless one was attached before.
  void simulate(std::function<void()> body) {
    body_ = std::move(body);
    sc_core::sc_start();
  }

  /// Runs `body` while a VcdWriter listens, and returns what a reader finds in the file.
  VcdReader dump(std::function<void()> body, const trace::Window& window = {}) {
    trace::VcdWriter writer(dump_file(), trace::all_channels(), window);
    simulate(std::move(body));
    writer.close();
    opened = writer.opened();
    return VcdReader(dump_file());
  }

  [[nodiscard]] std::string dump_file() const { return (folder / "run.vcd").string(); }

  TemporaryFolder folder;
  bool opened = false;  ///< the window of the last dump

 private:
  void main() { body_(); }
  std::function<void()> body_;
};

}  // namespace cairn::test
