// A test bench: a bus master plus a body that runs in an SC_THREAD.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "models/kit/initiator.hpp"

namespace cairn::test {

#define EXPECT_TLM_OK(call) EXPECT_EQ(call, tlm::TLM_OK_RESPONSE)
#define EXPECT_TLM_ADDRESS_ERROR(call) EXPECT_EQ(call, tlm::TLM_ADDRESS_ERROR_RESPONSE)

/// Derive a fixture, bind `host.bus` to the model, then call run(body).
class Bench : public testing::Test, public sc_core::sc_module {
 public:
  kit::Initiator host{"host"};

  SC_HAS_PROCESS(Bench);
  Bench() : sc_module(sc_core::sc_module_name("bench")) { 
    SC_THREAD(main);
    set_stack_size(1 << 20);
  }

  /// Runs `body` as a SystemC thread and stops when it returns.
  void run(std::function<void()> body,
           const sc_core::sc_time& limit = sc_core::sc_time(1, sc_core::SC_MS)) {
    body_ = std::move(body);
    sc_core::sc_start(limit);
    EXPECT_TRUE(finished_) << "the test body was still waiting after " << limit;
  }

  std::uint32_t read32(std::uint64_t addr) {
    std::uint32_t v = 0;
    EXPECT_TLM_OK(host.read(addr, &v, 4));
    return v;
  }
  void write32(std::uint64_t addr, std::uint32_t v) { EXPECT_TLM_OK(host.write(addr, &v, 4)); }

 private:
  void main() {
    body_();
    finished_ = true;
    sc_core::sc_stop();
  }

  std::function<void()> body_;
  bool finished_ = false;
};

}  // namespace cairn::test
