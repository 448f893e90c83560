// Job images: nothing damaged is read.
#include "compiler/job_reader.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "compiler/compile.hpp"
#include "compiler/job_image.hpp"
#include "tests/compiler/fake_mapping.hpp"
#include "tests/compiler/onnx_model.hpp"
#include "tests/compiler/sample_network.hpp"

namespace cairn::test {
namespace {

using compiler::Job;

struct JobReaderTest : testing::Test {
  Job job = compiler::compile(sample_network(2, 2, {3, 5, 2}), FakeMapping(65'536, 65'536), {});

  std::string error() const {
    return input_error([&] { compiler::read_job(job.image, "a.job"); });
  }
  /// Changes the header and makes the CRC right again.
  void edit(const std::function<void(job::Header&)>& change) {
    job::Header h{};
    std::memcpy(&h, job.image.data(), sizeof h);
    change(h);
    std::memcpy(job.image.data(), &h, sizeof h);
    h.crc = compiler::image_crc(job.image);
    std::memcpy(job.image.data(), &h, sizeof h);
  }
  /// Changes descriptor `i` and makes the CRC right again.
  void edit_descriptor(std::size_t i, const std::function<void(job::Descriptor&)>& change) {
    edit([&](job::Header& h) {
      std::uint8_t* at = job.image.data() + h.descriptor_offset + i * sizeof(job::Descriptor);
      job::Descriptor d{};
      std::memcpy(&d, at, sizeof d);
      change(d);
      std::memcpy(at, &d, sizeof d);
    });
  }
};

TEST_F(JobReaderTest, ReadsWhatWasSaved) {
  const ScratchFile file("", "net.job");
  compiler::save_job(job, file.path());
  const Job read = compiler::load_job(file.path());
  EXPECT_EQ(read.image, job.image);
  EXPECT_EQ(read.names, job.names);
  EXPECT_EQ(read.input_bytes, job.input_bytes);
  EXPECT_EQ(read.output_bytes, job.output_bytes);
}

TEST_F(JobReaderTest, RefusesEveryDamagedByte) {
  for (std::size_t i = 0; i < job.image.size(); ++i) {
    job.image[i] ^= 0x10;
    EXPECT_NE(error(), "") << "byte " << i;
    job.image[i] ^= 0x10;
  }
  EXPECT_EQ(error(), "");
}

TEST_F(JobReaderTest, RefusesEveryTruncation) {
  const ScratchFile file("", "net.job");
  const std::string all(job.image.begin(), job.image.end());
  for (std::size_t length = 0; length < all.size(); length += 7) {
    file.rewrite(all.substr(0, length));
    const std::string message = input_error([&] { compiler::load_job(file.path()); });
    EXPECT_EQ(message.rfind(file.path().string() + ": ", 0), 0u) << length << ": " << message;
  }
}

TEST_F(JobReaderTest, NamesTheReason) {
  const Job good = job;
  EXPECT_EQ(input_error([] { compiler::load_job("no/such.job"); }),
            "no/such.job: cannot be opened");
  edit([](job::Header& h) { h.magic = 1; });
  EXPECT_EQ(error(), "a.job: is not a job image");
  job = good;
  edit([](job::Header& h) { h.version = 9; });
  EXPECT_EQ(error(), "a.job: has job format version 9, but version 3 is understood");
  job = good;
  job.image.back() ^= 1;
  EXPECT_EQ(error(), "a.job: is damaged: its CRC is wrong");
  job = good;
  job.image.push_back(0);
  EXPECT_EQ(error().rfind("a.job: has ", 0), 0u);
}

TEST_F(JobReaderTest, RefusesListsOutsideTheImageEvenWithARightCrc) {
  const Job good = job;
  edit([](job::Header& h) { h.command_offset = 0xffff'ffc0; });
  EXPECT_EQ(error(), "a.job: its commands lie outside the image");
  job = good;
  edit([](job::Header& h) { h.command_count = 0xffff'ffff; });
  EXPECT_EQ(error(), "a.job: its commands lie outside the image");
  job = good;
  edit([](job::Header& h) { h.descriptor_offset += 4; });
  EXPECT_EQ(error(), "a.job: its descriptors lie outside the image");
  job = good;
  edit([](job::Header& h) { h.names_bytes = 0; });
  EXPECT_EQ(error(), "a.job: its names lie outside the image");
  job = good;
  edit([](job::Header& h) { h.layer_count = 3; });
  EXPECT_EQ(error(), "a.job: has 2 names for 3 layers");
}

TEST_F(JobReaderTest, RefusesDescriptorsThatLeaveTheImageOrTheList) {
  const Job good = job;
  edit_descriptor(1, [](job::Descriptor& d) { d.source_offset = 0xffff'ff00; });
  EXPECT_EQ(error(), "a.job: descriptor 1 reads beyond the image");
  job = good;
  edit_descriptor(1, [](job::Descriptor& d) { d.rows = d.source_row_stride = 0xffff'ffff; });
  EXPECT_EQ(error(), "a.job: descriptor 1 reads beyond the image");
  job = good;
  edit_descriptor(0, [](job::Descriptor& d) { d.next = 0; });
  EXPECT_EQ(error(), "a.job: descriptor 0 is not linked to the one behind it");
  job = good;
  edit_descriptor(0, [](job::Descriptor& d) { d.wait_token = 16; });
  EXPECT_EQ(error(), "a.job: descriptor 0 has an unknown token");
}

}  // namespace
}  // namespace cairn::test
