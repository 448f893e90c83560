// Workers: every part once, from one caller or several.
#include "models/npu/numbers/workers.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace cairn::numbers {
namespace {

TEST(WorkersTest, DoEveryPartOnce) {
  for (const int threads : {1, 2, 5}) {
    Workers workers(threads);
    EXPECT_EQ(workers.threads(), threads);
    for (int parts = 0; parts < 40; ++parts) {
      std::vector<std::atomic<int>> done(static_cast<std::size_t>(parts));
      workers.run(parts, [&](int part) { ++done[static_cast<std::size_t>(part)]; });
      for (const auto& count : done)
        ASSERT_EQ(count, 1);
    }
  }
}

TEST(WorkersTest, ServeSeveralCallersAtOnce) {
  Workers workers(2);
  std::atomic<int> done = 0;
  std::array<std::thread, 3> callers;
  for (auto& caller : callers)
    caller = std::thread([&] {
      for (int i = 0; i < 300; ++i)
        workers.run(4, [&](int) { ++done; });
    });
  for (auto& caller : callers)
    caller.join();
  EXPECT_EQ(done, 3 * 300 * 4);
}

TEST(WorkersTest, APartMayUseThemItself) {
  Workers workers(2);
  std::atomic<int> done = 0;
  workers.run(3, [&](int) { workers.run(3, [&](int) { ++done; }); });
  EXPECT_EQ(done, 9);
}

}  // namespace
}  // namespace cairn::numbers
