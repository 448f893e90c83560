// The register that ends a run.
#include "models/finisher/finisher.hpp"

#include <optional>

#include "finisher_regs.hpp"
#include "tests/support/bench.hpp"

namespace cairn {
namespace {

using register_view = finisher_regs::finish;

class FinisherTest : public test::Bench {
 protected:
  Finisher finisher{"finisher"};
  std::optional<Finish> heard;

  FinisherTest() {
    host.bus.bind(finisher.bus);
    finisher.on_finish([this](const Finish& finish) { heard = finish; });
  }
};

TEST_F(FinisherTest, PassesFailsWithACodeAndResets) {
  run([&] {
    write32(register_view::offset, register_view::kPass);
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->kind, Finish::Kind::kPass);
    write32(register_view::offset, 42u << 16 | register_view::kFail);
    EXPECT_EQ(heard->kind, Finish::Kind::kFail);
    EXPECT_EQ(heard->code, 42);
    write32(register_view::offset, register_view::kReset);
    EXPECT_EQ(heard->kind, Finish::Kind::kReset);
    EXPECT_EQ(heard->code, 0);
  });
}

TEST_F(FinisherTest, AHalfWordIsEnoughAndAByteIsNot) {
  run([&] {
    const std::uint16_t pass = register_view::kPass;
    EXPECT_EQ(host.write(register_view::offset, &pass, 1), tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_FALSE(heard);
    EXPECT_TLM_OK(host.write(register_view::offset, &pass, 2));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->kind, Finish::Kind::kPass);
  });
}

TEST_F(FinisherTest, OtherValuesOffsetsAndReadsDoNothing) {
  run([&] {
    write32(register_view::offset, 0x1234);
    write32(0x8, register_view::kPass);
    EXPECT_EQ(read32(register_view::offset), 0u);
    EXPECT_EQ(read32(0x8), 0u);
    const std::uint32_t pass = register_view::kPass;
    EXPECT_EQ(host.debug_write(register_view::offset, &pass, 4), 4u);
    EXPECT_FALSE(heard);
  });
}

TEST(FinisherDefaultTest, WithoutAHookTheSimulationStops) {
  Finisher finisher("finisher");
  kit::Initiator host("host");
  host.bus.bind(finisher.bus);
  bool went_on = false;
  sc_core::sc_spawn([&] {
    const std::uint32_t pass = register_view::kPass;
    EXPECT_TLM_OK(host.write(register_view::offset, &pass, 4));
    sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    went_on = true;
  });
  sc_core::sc_start();
  EXPECT_FALSE(went_on);
  EXPECT_EQ(sc_core::sc_get_status(), sc_core::SC_STOPPED);
}

}  // namespace
}  // namespace cairn
