// Data files: .npy, IDX, gzip, labels; and that damaged ones are refused.
#include <gtest/gtest.h>

#include <random>

#include "platform/data/file_bytes.hpp"
#include "platform/data/idx.hpp"
#include "platform/data/npy.hpp"
#include "platform/data/read_data.hpp"
#include "tests/platform/data_files.hpp"
#include "tests/platform/input_error.hpp"
#include "tests/support/temporary_folder.hpp"

namespace cairn::platform {
namespace {

using test::Bytes;
using test::expect_input_error;
using test::gzipped;
using test::idx;
using test::npy;

TEST(NpyTest, ReadsCOrderAndFortranOrder) {
  const std::string data("\x01\x02\x03\x04\x05\x06", 6);
  const Array c =
      parse_npy("c", npy("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }", data));
  EXPECT_EQ(c.values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(c.meaning, Meaning::kIntegers);
  const Array f =
      parse_npy("f", npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", data, 2));
  EXPECT_EQ(f.values, (std::vector<double>{1, 3, 5, 2, 4, 6}));
  EXPECT_EQ(f.shape, (std::vector<std::uint64_t>{2, 3}));
}

TEST(NpyTest, ReadsEveryTypeInBothByteOrders) {
  const auto read = [](const char* type, const std::string& data) {
    return parse_npy("x",
                     npy(std::string("{'descr':'") + type + "','fortran_order':False,'shape':(1,)}",
                         data, 3))
        .values.at(0);
  };
  EXPECT_EQ(read("|i1", "\xff"), -1);
  EXPECT_EQ(read("<i2", std::string("\xfe\xff", 2)), -2);
  EXPECT_EQ(read(">i2", std::string("\x01\x00", 2)), 256);
  EXPECT_EQ(read("<i4", std::string("\x00\x00\x00\x80", 4)), INT32_MIN);
  EXPECT_EQ(read("<i8", std::string("\x05\0\0\0\0\0\0\0", 8)), 5);
  EXPECT_EQ(read("<f4", std::string("\0\0\xc0\x3f", 4)), 1.5);
  EXPECT_EQ(read(">f8", std::string("\xbf\xf8\0\0\0\0\0\0", 8)), -1.5);
}

TEST(NpyTest, WhatIsWrittenIsReadBack) {
  test::TemporaryFolder folder;
  const std::vector<std::int32_t> values{1, -2, INT32_MAX, INT32_MIN, 0, 7};
  write_npy(folder / "x.npy", 2, 3, values);
  const Array back = read_data(folder / "x.npy");
  EXPECT_EQ(back.shape, (std::vector<std::uint64_t>{2, 3}));
  EXPECT_EQ(back.values, std::vector<double>(values.begin(), values.end()));
  EXPECT_EQ((test::content_of(folder / "x.npy").size() - 24) % 64, 0u);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(NpyTest, DamagedHeadersAreRefused) {
  for (const char* header :
       {"", "{", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}",
        "{'descr': 'O', 'shape': (1,)}", "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "{'x': '<f4'}", "{'descr"})
    expect_input_error([&] { parse_npy("bad.npy", npy(header, std::string(8, '\0'))); },
                       {"bad.npy"});
  expect_input_error([] { parse_npy("v9.npy", npy("{}", "", 9)); }, {"version 9"});
}

TEST(NpyTest, ADeclaredSizeIsCheckedBeforeMemoryIsTaken) {
  expect_input_error(
      [] {
        parse_npy(
            "big.npy",
            npy("{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4)}",
                ""));
      },
      {"big.npy", "more than"});
  expect_input_error(
      [] {
        parse_npy("cut.npy",
                  npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1000, 1000)}", "x"));
      },
      {"cut.npy", "8000000 bytes", "but 1 follow"});
}

TEST(IdxTest, ReadsPixelsAndGzip) {
  test::TemporaryFolder folder;
  const Bytes file = idx(8, {1, 2, 2}, "\x01\x02\x03\xff");
  const Array plain = read_data(folder.write("images-idx3-ubyte", file));
  EXPECT_EQ(plain.values, (std::vector<double>{1, 2, 3, 255}));
  EXPECT_EQ(plain.meaning, Meaning::kPixels);
  EXPECT_EQ(read_data(gzipped(folder / "images.gz", file)).values, plain.values);
}

TEST(IdxTest, DamagedFilesAreRefused) {
  expect_input_error([] { parse_idx("a", idx(8, {10}, "xyz")); }, {"a:", "10 bytes", "3 follow"});
  expect_input_error([] { parse_idx("a", idx(8, {0xffffffff, 0xffffffff}, "")); }, {"more than"});
  expect_input_error([] { parse_idx("a", idx(7, {1}, "x")); }, {"not an IDX file"});
  expect_input_error([] { parse_idx("a", Bytes{0, 0, 8, 3, 0}); }, {"within the IDX header"});
}

TEST(ReadFileTest, ATruncatedGzipIsRefused) {
  test::TemporaryFolder folder;
  std::mt19937 random(1);
  Bytes noise(5000);
  for (std::uint8_t& b : noise)
    b = static_cast<std::uint8_t>(random());
  std::string packed = test::content_of(gzipped(folder / "x.gz", noise));
  packed.resize(packed.size() / 2);
  expect_input_error([&] { read_file(folder.write("cut.gz", packed)); }, {"cut.gz", "too early"});
}

TEST(ReadFileTest, AFileLargerThanTheLimitIsRefusedWhileItIsUnpacked) {
  test::TemporaryFolder folder;
  const std::string bomb = gzipped(folder / "bomb.gz", Bytes(3'000'000));
  expect_input_error([&] { read_file(bomb, 1'000'000); }, {"bomb.gz", "more than 1000000 bytes"});
}

TEST(ReadFileTest, MissingFilesAndFoldersAreNamed) {
  test::TemporaryFolder folder;
  expect_input_error([&] { read_file(folder / "none"); }, {"none", "No such file"});
  expect_input_error([&] { read_file(folder / ""); }, {"directory"});
}

TEST(WriteFileTest, NothingIsLeftWhereNothingCanBeWritten) {
  test::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "sub");
  expect_input_error([&] { write_file(folder / "sub", std::string_view("x")); },
                     {"sub", "cannot be written"});
  expect_input_error([&] { write_file(folder / "none/x", std::string_view("x")); }, {"none/x"});
  EXPECT_EQ(folder.files(), 1u);
}

TEST(ReadDataTest, AudioIsRefusedByName) {
  expect_input_error([] { read_data("yes.wav"); }, {"yes.wav", "audio"});
}

TEST(ReadLabelsTest, ReadsTextAndRefusesWords) {
  test::TemporaryFolder folder;
  EXPECT_EQ(read_labels(folder.write("l.txt", "3\n1, 4\n")), (std::vector<std::int64_t>{3, 1, 4}));
  expect_input_error([&] { read_labels(folder.write("bad.txt", "3\ncat\n")); }, {"bad.txt:2"});
}

}  // namespace
}  // namespace cairn::platform
