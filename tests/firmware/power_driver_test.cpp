// The power controller's C driver, compiled natively, on the real model.
#include "firmware/drivers/power.h"

#include "models/power/power.hpp"
#include "power_regs.hpp"
#include "tests/firmware/hosted_mmio.hpp"

namespace cairn {
namespace {

/// Two domains; nothing takes what is asked for, so requests stay pending until the test takes
/// them.
class PowerDriverTest : public test::Bench {
 protected:
  kit::PowerDomain first{{{143'000'000, 1230}, {40'000'000, 1010}}};
  kit::PowerDomain second{{{800'000'000, 900}}};
  Power model{"power0", {{"npu0", &first}, {"npu1", &second}}};
  const power_t npu0{0, 0}, npu1{0, 1};

  PowerDriverTest() {
    host.bus.bind(model.bus);
    test::connect_mmio(*this);
  }
};

TEST_F(PowerDriverTest, FindsItsDomainAndNoOther) {
  run([&] {
    EXPECT_EQ(power_probe(&npu0), STATUS_OK);
    EXPECT_EQ(power_probe(&npu1), STATUS_OK);
    const power_t missing{0, 2}, elsewhere{power_regs::probe::offset, 0};
    EXPECT_EQ(power_probe(&missing), STATUS_NOT_FOUND);
    EXPECT_EQ(power_probe(&elsewhere), STATUS_NOT_FOUND);
  });
}

TEST_F(PowerDriverTest, TellsThePointsOfADomain) {
  run([&] {
    EXPECT_EQ(power_points(&npu0), 2u);
    EXPECT_EQ(power_points(&npu1), 1u);
    power_point_t point{};
    ASSERT_EQ(power_read_point(&npu0, 1, &point), STATUS_OK);
    EXPECT_EQ(point.clock_hz, 40'000'000u);
    EXPECT_EQ(point.millivolt, 1010u);
    ASSERT_EQ(power_read_point(&npu1, 0, &point), STATUS_OK);
    EXPECT_EQ(point.clock_hz, 800'000'000u);
    EXPECT_EQ(power_read_point(&npu1, 1, &point), STATUS_BAD_ARG);
    EXPECT_EQ(point.clock_hz, 800'000'000u);
  });
}

TEST_F(PowerDriverTest, ARequestIsChangingUntilThePointHolds) {
  run([&] {
    EXPECT_EQ(power_current(&npu0), 0u);
    ASSERT_EQ(power_request(&npu0, 1), STATUS_OK);
    EXPECT_TRUE(power_is_changing(&npu0));
    EXPECT_FALSE(power_is_changing(&npu1));
    EXPECT_EQ(power_current(&npu0), 0u);
    first.take();
    EXPECT_FALSE(power_is_changing(&npu0));
    EXPECT_EQ(power_current(&npu0), 1u);
    EXPECT_EQ(power_request(&npu0, 2), STATUS_BAD_ARG);
    EXPECT_EQ(power_request(&npu1, 1), STATUS_BAD_ARG);
    EXPECT_FALSE(power_is_changing(&npu0));
  });
}

}  // namespace
}  // namespace cairn
