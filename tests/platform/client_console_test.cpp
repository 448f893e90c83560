// The serial port's clients: nothing is lost while one is there, the last is kept while none is.
#include "platform/console/client_console.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <functional>
#include <string>

namespace cairn {
namespace {

constexpr std::size_t kKept = 64 * 1024;

/// A client that takes and sends what the test says.
class ScriptedClient : public platform::ClientConsole {
 public:
  explicit ScriptedClient(const std::atomic<bool>& interrupted) : ClientConsole(interrupted) {}

  bool is_there = true;
  std::size_t takes = SIZE_MAX;   ///< bytes at each write
  unsigned refuses = 0;           ///< writes between two that take something
  std::function<void()> on_wait;  ///< at each write that takes nothing
  std::string taken, sends;

 protected:
  bool look_for_client() override { return is_there; }
  Moved read_some(char* to, std::size_t bytes) override {
    const std::size_t count = std::min(bytes, sends.size());
    std::copy_n(sends.begin(), count, to);
    sends.erase(0, count);
    return {.bytes = count};
  }
  Moved write_some(const char* from, std::size_t bytes) override {
    if (refused_++ < refuses) {
      if (on_wait) on_wait();
      return {};
    }
    refused_ = 0;
    taken.append(from, std::min(bytes, takes));
    return {.bytes = std::min(bytes, takes)};
  }
  void drop_client() override { is_there = false; }
  int stream() const override { return STDOUT_FILENO; }  // writable at once

 private:
  unsigned refused_ = 0;
};

class ClientConsoleTest : public testing::Test {
 protected:
  void transmit(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
      const char byte = static_cast<char>('a' + i * 7 / 64 % 26);
      sent += byte;
      console.transmit(byte);
    }
  }

  std::atomic<bool> interrupted{false};
  ScriptedClient console{interrupted};
  std::string sent;
};

TEST_F(ClientConsoleTest, ASlowClientGetsEveryByte) {
  console.takes = 1000;
  console.refuses = 5;
  console.poll();
  transmit(5 * kKept);
  EXPECT_GT(console.taken.size(), 3 * kKept) << "the program did not run far ahead of it";
  console.finish();
  EXPECT_TRUE(console.taken == sent);
}

TEST_F(ClientConsoleTest, WithNobodyThereTheLastBytesAreKept) {
  console.is_there = false;
  console.poll();
  transmit(5 * kKept + 123);
  console.is_there = true;
  console.poll();
  EXPECT_TRUE(console.taken == sent.substr(sent.size() - kKept));
}

TEST_F(ClientConsoleTest, AClientThatLeavesWhileTheProgramWaitsForItLetsItGoOn) {
  console.refuses = UINT_MAX;
  console.on_wait = [this, waits = 0]() mutable { console.is_there = ++waits < 1000; };
  console.poll();
  transmit(3 * kKept);
  console.refuses = 0;
  console.is_there = true;
  console.poll();
  EXPECT_TRUE(console.taken == sent.substr(sent.size() - kKept));
}

TEST_F(ClientConsoleTest, AnInterruptEndsTheWaitForAClientThatTakesNothing) {
  console.refuses = UINT_MAX;
  console.on_wait = [this, waits = 0]() mutable { interrupted = ++waits > 1000; };
  console.poll();
  transmit(3 * kKept);
  EXPECT_TRUE(interrupted);
  EXPECT_EQ(console.taken, "");
}

TEST_F(ClientConsoleTest, InputWaitsOutsideWhileTheProgramTakesNone) {
  console.sends = std::string(20'000, 'x');
  for (int i = 0; i < 10; ++i)
    console.poll();
  EXPECT_EQ(console.sends.size(), 20'000u - 4096);
  EXPECT_EQ(console.descriptor(), -1) << "no reason to wake up";
  std::size_t received = 0;
  while (console.receive()) {
    ++received;
    console.poll();
  }
  EXPECT_EQ(received, 20'000u);
}

}  // namespace
}  // namespace cairn
