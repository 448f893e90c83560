// What the DMA refuses, and the code, address and index that it names.
#include <cstdint>
#include <functional>
#include <vector>

#include "models/kit/input_error.hpp"
#include "tests/models/dma_bench.hpp"

namespace cairn {
namespace {

using namespace dma_regs;
using sc_core::sc_time;
using sc_core::wait;

class DmaErrorTest : public test::DmaBench {
 protected:
  static job::Descriptor rows(std::uint32_t count, std::uint32_t bytes) {
    job::Descriptor d = row(bytes);
    d.rows = count;
    d.source_row_stride = d.target_row_stride = bytes;
    return d;
  }
};

TEST_F(DmaErrorTest, AListThatIsNotAlignedToADescriptor) {
  run([&] {
    start(0, kList + 32);
    wait_for_irq();
    expect_error(error_code::kListMisaligned, kList + 32, 0);
  });
}

TEST_F(DmaErrorTest, ANextThatIsNotAlignedToADescriptor) {
  job::Descriptor d = row(64);
  d.next = 100;
  run([&] {
    execute({d});
    expect_error(error_code::kListMisaligned, kList + 100, 1);
  });
}

TEST_F(DmaErrorTest, AListThatIsNotThere) {
  run([&] {
    start(0, kNowhere);
    wait_for_irq();
    expect_error(error_code::kListNotReadable, kNowhere, 0);
  });
}

TEST_F(DmaErrorTest, ANextBeyondTheAddressSpace) {
  job::Descriptor d = row(64);
  d.next = 0xffff'ffc0;
  run([&] {
    execute({d});
    expect_error(error_code::kListNotReadable, kList - 64, 1);
  });
}

TEST_F(DmaErrorTest, EveryKindOfBadDescriptor) {
  using Damage = std::function<void(job::Descriptor&)>;
  const std::vector<Damage> damages = {
      [](auto& d) { d.row_bytes = 0; },
      [](auto& d) { d.rows = 0; },
      [](auto& d) { d.planes = 0; },
      [](auto& d) { d.row_bytes = (1u << 20) + 1; },
      [](auto& d) { d.source_base = 8; },
      [](auto& d) { d.target_base = 8; },
      [](auto& d) { d.wait_token = 16; },
      [](auto& d) { d.signal_token = 16; },
      [](auto& d) { d.flags = 2; },
      [](auto& d) { d.reserved[0] = 1; },
      [](auto& d) { d.reserved[1] = 1u << 31; },
      [](auto& d) { d.reserved[2] = 1; },
  };
  run([&] {
    for (std::size_t i = 0; i < damages.size(); ++i) {
      SCOPED_TRACE("damage " + std::to_string(i));
      job::Descriptor bad = row(64);
      damages[i](bad);
      execute({row(64), bad});
      expect_error(error_code::kBadDescriptor, kList + 64, 1);
    }
  });
}

TEST_F(DmaErrorTest, ARowOfOneMebibyteIsWellFormed) {
  EXPECT_TRUE(well_formed(row(1u << 20)));
  EXPECT_FALSE(well_formed(row((1u << 20) + 1)));
}

TEST_F(DmaErrorTest, AFailedReadNamesTheRowAndTheRowsBeforeItAreWritten) {
  fill(sram, 200);
  job::Descriptor d = rows(4, 100);
  d.source_offset = kDram + kDramBytes - 200;
  dram.data()[kDramBytes - 1] = 77;
  run([&] {
    execute({d});
    expect_error(error_code::kReadFailed, kDram + kDramBytes, 0);
    EXPECT_EQ(sram.data()[199], 77u);
  });
}

TEST_F(DmaErrorTest, AFailedWriteNamesTheRowOfTheTarget) {
  job::Descriptor d = rows(4, 100);
  d.target_offset = kSram + kSramBytes - 250;
  run([&] {
    execute({row(64), d});
    expect_error(error_code::kWriteFailed, kSram + kSramBytes - 50, 1);
    EXPECT_EQ(get<status>() >> 16, 1u) << "one descriptor has finished";
  });
}

TEST_F(DmaErrorTest, BytesMovedBeforeAFailureAreReported) {
  std::uint64_t moved = 0;
  dma.on_bytes = [&](unsigned, std::uint16_t, std::uint64_t bytes, std::uint8_t, std::uint8_t) {
    moved += bytes;
  };
  job::Descriptor d = rows(4, 100);
  d.target_offset = kSram + kSramBytes - 250;
  run([&] {
    execute({d});
    EXPECT_EQ(moved, 200u);
  });
}

TEST_F(DmaErrorTest, AListThatGoesOnAfterItsLimit) {
  run([&] {
    place({row(64), row(64), row(64)});
    start(0, kList, 2);
    wait_for_irq();
    expect_error(error_code::kListTooLong, kList + 128, 2);
  });
}

TEST_F(DmaErrorTest, AListThatPointsToItselfEndsAtItsLimit) {
  job::Descriptor second = row(64);
  second.next = 64;
  run([&] {
    execute({row(64), second});
    expect_error(error_code::kListTooLong, kList + 64, 100);
  });
}

TEST_F(DmaErrorTest, ALimitOfZeroLetsNothingRun) {
  run([&] {
    place({row(64)});
    start(0, kList, 0);
    wait_for_irq();
    expect_error(error_code::kListTooLong, kList, 0);
    EXPECT_EQ(dram.transport_counts().reads, 0u);
  });
}

TEST_F(DmaErrorTest, AbortWakesAChannelThatWaitsForAToken) {
  job::Descriptor d = row(64);
  d.wait_count = 1;
  run([&] {
    place({d});
    start();
    wait(sc_time(1, sc_core::SC_US));
    set<ctrl>(ctrl::abort::mask);
    wait_for_irq();
    expect_error(error_code::kAborted, kList, 0);
    EXPECT_FALSE(get<status>() & status::waiting::mask);
  });
}

TEST_F(DmaErrorTest, AbortStopsAtTheNextRow) {
  run([&] {
    place({rows(100, 1000)});
    start();
    wait(sc_time(5, sc_core::SC_US));
    set<ctrl>(ctrl::abort::mask);
    const sc_time asked = sc_core::sc_time_stamp();
    wait_for_irq();
    EXPECT_LE(sc_core::sc_time_stamp() - asked, sc_time(3, sc_core::SC_US));
    expect_error(error_code::kAborted, kList, 0);
  });
}

TEST_F(DmaErrorTest, AbortOfAnIdleChannelDoesNotHarmTheNextStart) {
  run([&] {
    set<ctrl>(ctrl::abort::mask);
    execute({row(64)});
    EXPECT_EQ(get<irq_status>(), irq_status::done::mask);
    EXPECT_EQ(get<error_code>(), error_code::kNone);
  });
}

TEST_F(DmaErrorTest, ARowThatLeavesTheWindowOfItsSource) {
  job::Descriptor d = rows(4, 100);
  d.source_base = unsigned(job::Base::kInput);
  d.source_offset = 50;
  run([&] {
    set<base_input>(kDram);
    set<window_input>(350);
    execute({d});
    expect_error(error_code::kOutsideWindow, kDram + 350, 0);
  });
}

TEST_F(DmaErrorTest, ARowThatEndsWithItsWindowIsInside) {
  job::Descriptor d = rows(4, 100);
  d.source_base = unsigned(job::Base::kInput);
  d.source_offset = 50;
  run([&] {
    set<base_input>(kDram);
    set<window_input>(450);
    execute({d});
    EXPECT_EQ(get<irq_status>(), irq_status::done::mask);
  });
}

TEST_F(DmaErrorTest, APlaneThatLeavesTheWindowOfItsTarget) {
  job::Descriptor d = row(16);
  d.planes = 3;
  d.target_base = unsigned(job::Base::kWeights);
  d.target_offset = 0;
  d.target_plane_stride = 0xffff'ffff;
  run([&] {
    set<base_weights>(kSram);
    set<window_weights>(kSramBytes);
    execute({d});
    expect_error(error_code::kOutsideWindow, kSram - 1, 0);
  });
}

TEST_F(DmaErrorTest, ARowBeyondTheAddressSpace) {
  job::Descriptor d = row(64);
  d.source_base = unsigned(job::Base::kJob);
  d.source_offset = 0x9000'0000;
  run([&] {
    set<base_job>(kDram);
    execute({d});
    expect_error(error_code::kOutsideWindow, 0x1000'0000, 0);
  });
}

TEST_F(DmaErrorTest, AStartAfterAnErrorClearsItsRegisters) {
  run([&] {
    start(0, kNowhere);
    wait_for_irq();
    execute({row(64)});
    EXPECT_EQ(get<irq_status>(), irq_status::done::mask);
    EXPECT_EQ(get<error_code>(), 0u);
    EXPECT_EQ(get<error_address>(), 0u);
  });
}

TEST_F(DmaErrorTest, ADmaWithMoreChannelsThanItsRegistersIsRefused) {
  EXPECT_THROW(Dma("dma1", 9), InputError);
  EXPECT_THROW(Dma("dma2", 0), InputError);
}

}  // namespace
}  // namespace cairn
