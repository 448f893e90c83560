// Packets of the debugger's protocol: framing, escapes, damage; and the --gdb option.
#include <gtest/gtest.h>

#include <vector>

#include "platform/gdb/options.hpp"
#include "platform/gdb/packet.hpp"
#include "tests/platform/input_error.hpp"

namespace cairn::platform::gdb {
namespace {

std::vector<Message> read(std::string_view bytes) {
  PacketReader reader;
  std::vector<Message> found;
  for (const char byte : bytes)
    if (auto message = reader.feed(byte)) found.push_back(*message);
  return found;
}

TEST(GdbPacketTest, WhatIsFramedIsReadBack) {
  std::string data;
  for (int i = 0; i < 256; ++i)
    data.push_back(static_cast<char>(i));
  const std::string framed = packet(data);
  EXPECT_EQ(framed.front(), '$');
  EXPECT_EQ(framed.find('$', 1), std::string::npos);
  EXPECT_EQ(framed.find('#'), framed.size() - 3);
  const auto found = read("noise" + framed + framed);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[1].kind, Incoming::kPacket);
  EXPECT_EQ(found[1].data, data);
}

TEST(GdbPacketTest, TheChecksumIsTheSumOfTheFramedBytes) {
  EXPECT_EQ(packet("qC"), "$qC#b4");
  EXPECT_EQ(packet(""), "$#00");
}

TEST(GdbPacketTest, DamageIsSeenAndTheNextPacketIsWhole) {
  for (const std::string_view damaged : {"$qC#b5", "$qC#xx", "$qC#bx"}) {
    const auto found = read(std::string(damaged) + "$qC#b4");
    ASSERT_EQ(found.size(), 2u) << damaged;
    EXPECT_EQ(found[0].kind, Incoming::kDamaged);
    EXPECT_EQ(found[1].data, "qC");
  }
}

TEST(GdbPacketTest, APacketThatBreaksOffEndsWhereTheNextBegins) {
  const auto found = read("$m8000$qC#b4");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].data, "qC");
}

TEST(GdbPacketTest, OnlyPacketsOfThePromisedSizeAreTaken) {
  EXPECT_EQ(read(packet(std::string(kPacketBytes, 'a'))).at(0).kind, Incoming::kPacket);
  EXPECT_EQ(read(packet(std::string(kPacketBytes + 1, 'a'))).at(0).kind, Incoming::kDamaged);
}

TEST(GdbPacketTest, AnInterruptIsOneOnlyBetweenPackets) {
  const auto found = read("\x03$\x03#03-");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].kind, Incoming::kInterrupt);
  EXPECT_EQ(found[1].kind, Incoming::kPacket);
  EXPECT_EQ(found[2].kind, Incoming::kResend);
}

TEST(GdbPacketTest, APartThatIsMissingMakesTheParserFail) {
  Parser good("80000000,4:78563412");
  EXPECT_EQ(good.number(), 0x8000'0000u);
  EXPECT_TRUE(good.skip(','));
  EXPECT_EQ(good.number(), 4u);
  EXPECT_TRUE(good.skip(':'));
  EXPECT_EQ(good.register_value(), 0x1234'5678u);
  EXPECT_TRUE(good.done());

  Parser empty("");
  EXPECT_EQ(empty.number(), 0u);
  EXPECT_FALSE(empty.ok());
  Parser large("100000000");
  EXPECT_EQ(large.number(), 0u) << "more than 32 bits";
  EXPECT_FALSE(large.ok());
  Parser odd("123");
  EXPECT_EQ(odd.bytes(), "");
  EXPECT_FALSE(odd.ok());
  Parser small("1234567");
  EXPECT_EQ(small.register_value(), 0u);
  EXPECT_FALSE(small.ok());
}

TEST(GdbPacketTest, ARegisterIsWrittenLowByteFirst) {
  EXPECT_EQ(to_hex(0x1234'5678u), "78563412");
}

TEST(GdbOptionsTest, APortAndWaitCanBeGivenEachAloneAndTogether) {
  EXPECT_EQ(parse_options("0").port, 0);
  EXPECT_FALSE(parse_options("4321").wait);
  EXPECT_EQ(parse_options("65535,wait").port, 65535);
  EXPECT_TRUE(parse_options("65535,wait").wait);
  EXPECT_EQ(parse_options("wait").port, 1234);
  EXPECT_TRUE(parse_options("wait").wait);
  for (const char* text : {"", "65536", "-1", "x", "12x", ",wait", "wait,12", "12,wait,wait"})
    EXPECT_THROW(parse_options(text), InputError) << text;
}

}  // namespace
}  // namespace cairn::platform::gdb
