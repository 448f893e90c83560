// The value of --uart, and the terminal's escape key.
#include "platform/console/uart_option.hpp"

#include <gtest/gtest.h>

#include "models/kit/input_error.hpp"
#include "platform/console/escape_keys.hpp"

namespace cairn {
namespace {

using namespace platform;
using Kind = UartOption::Kind;

TEST(UartOptionTest, NamesEveryPlace) {
  EXPECT_EQ(parse_uart_option("stdio").kind, Kind::kStdio);
  EXPECT_EQ(parse_uart_option("pty").kind, Kind::kPty);
  EXPECT_EQ(parse_uart_option("none").kind, Kind::kNone);
  const UartOption tcp = parse_uart_option("tcp:5555");
  EXPECT_EQ(tcp.kind, Kind::kTcp);
  EXPECT_EQ(tcp.port, 5555);
  EXPECT_FALSE(tcp.wait);
  EXPECT_TRUE(parse_uart_option("tcp:0,wait").wait);
  const UartOption file = parse_uart_option("file:out.txt,in,with comma.txt");
  EXPECT_EQ(file.kind, Kind::kFile);
  EXPECT_EQ(file.out, "out.txt");
  EXPECT_EQ(file.in, "in,with comma.txt");
  EXPECT_EQ(parse_uart_option("file:out.txt").in, "");
}

TEST(UartOptionTest, RefusesEverythingElseNamingTheOption) {
  for (const char* text : {"", "stdio:", "tty", "tcp", "tcp:", "tcp:65536", "tcp:-1", "tcp:5x",
                           "tcp:5,", "tcp:5,now", "file", "file:", "file:,in", "file:out,"}) {
    try {
      (void)parse_uart_option(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("--uart " + std::string(text)), std::string::npos);
      EXPECT_EQ(std::string(error.what()).back(), '.');
    }
  }
}

TEST(EscapeKeysTest, OnlyWhatFollowsControlAIsACommand) {
  using Key = EscapeKeys::Key;
  EscapeKeys keys;
  EXPECT_EQ(keys.typed('x'), Key::kPass);
  EXPECT_EQ(keys.typed(3), Key::kPass);
  EXPECT_EQ(keys.typed(1), Key::kSwallow);
  EXPECT_EQ(keys.typed(1), Key::kPass);
  EXPECT_EQ(keys.typed('x'), Key::kPass) << "the second Ctrl-a was a byte";
  EXPECT_EQ(keys.typed(1), Key::kSwallow);
  EXPECT_EQ(keys.typed('h'), Key::kHelp);
  EXPECT_EQ(keys.typed(1), Key::kSwallow);
  EXPECT_EQ(keys.typed('q'), Key::kSwallow);
  EXPECT_EQ(keys.typed(1), Key::kSwallow);
  EXPECT_EQ(keys.typed('x'), Key::kEnd);
}

}  // namespace
}  // namespace cairn
