#include "compiler/job_reader.hpp"

#include <cstring>
#include <fstream>

#include "compiler/job_image.hpp"
#include "models/kit/input_error.hpp"

namespace cairn::compiler {

namespace {

constexpr std::uint32_t kAlignment = 64;

/// Moves the first `count` entries of a list to the set-up's.
template <typename Entry>
void split(std::vector<Entry>& list, std::size_t count, std::vector<Entry>& setup) {
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(count);
  setup.assign(list.begin(), end);
  list.erase(list.begin(), end);
}

class Reader {
 public:
  Reader(std::span<const std::uint8_t> image, const std::string& origin)
      : image_(image), origin_(origin) {}

  JobContents read();

 private:
  void require(bool condition, const std::string& reason) const {
    if (!condition) throw InputError(origin_ + ": " + reason);
  }
  /// `count` entries at `offset`, all inside the image and behind the header.
  template <typename Entry>
  std::vector<Entry> entries(std::uint32_t offset, std::uint32_t count,
                             const std::string& what) const;
  void check_header(const job::Header& h) const;
  void check_commands(const std::vector<job::Command>& commands, std::uint32_t layers) const;
  void check_descriptors(const std::vector<job::Descriptor>& descriptors) const;
  std::vector<std::string> split_names(const job::Header& h) const;

  std::span<const std::uint8_t> image_;
  const std::string& origin_;
};

template <typename Entry>
std::vector<Entry> Reader::entries(std::uint32_t offset, std::uint32_t count,
                                   const std::string& what) const {
  const std::uint64_t bytes = std::uint64_t{count} * sizeof(Entry);
  require(count > 0 && offset % kAlignment == 0 && offset >= sizeof(job::Header) &&
              offset + bytes <= image_.size(),
          "its " + what + " lie outside the image");
  std::vector<Entry> out(count);
  std::memcpy(out.data(), image_.data() + offset, bytes);
  return out;
}

void Reader::check_header(const job::Header& h) const {
  require(h.magic == job::kMagic, "is not a job image");
  require(h.version == job::kVersion, "has job format version " + std::to_string(h.version) +
                                          ", but version " + std::to_string(job::kVersion) +
                                          " is understood");
  require(h.image_bytes == image_.size(), "has " + std::to_string(image_.size()) +
                                              " bytes, but its header says " +
                                              std::to_string(h.image_bytes));
  require(h.crc == image_crc(image_), "is damaged: its CRC is wrong");
  require(h.setup_commands < h.command_count && h.setup_descriptors <= h.descriptor_count &&
              (h.setup_commands == 0) == (h.setup_descriptors == 0),
          "its set-up is no part of its lists");
  require(h.input_bytes > 0 && h.output_bytes > 0, "has an input or output of no bytes");
}

void Reader::check_commands(const std::vector<job::Command>& commands, std::uint32_t layers) const {
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const job::Command& c = commands[i];
    const std::string which = "command " + std::to_string(i);
    require(c.kind <= static_cast<std::uint8_t>(job::Kind::kCells),
            which + " is of an unknown kind");
    require(c.wait_token < job::kTokenCount && c.signal_token < job::kTokenCount,
            which + " has an unknown token");
    require(c.layer < layers, which + " belongs to no layer");
  }
}

void Reader::check_descriptors(const std::vector<job::Descriptor>& descriptors) const {
  const std::size_t count = descriptors.size();
  for (std::size_t i = 0; i < count; ++i) {
    const job::Descriptor& d = descriptors[i];
    const std::string which = "descriptor " + std::to_string(i);
    const std::uint32_t next = i + 1 < count ? static_cast<std::uint32_t>((i + 1) * sizeof d) : 0;
    require(d.next == next, which + " is not linked to the one behind it");
    require(d.source_base <= static_cast<std::uint8_t>(job::Base::kBuffer) &&
                d.target_base <= static_cast<std::uint8_t>(job::Base::kBuffer),
            which + " has an unknown base");
    require(d.wait_token < job::kTokenCount && d.signal_token < job::kTokenCount,
            which + " has an unknown token");
    require(d.row_bytes > 0 && d.rows > 0 && d.planes > 0, which + " has a size of zero");
    if (d.source_base != static_cast<std::uint8_t>(job::Base::kJob)) continue;
    const std::uint64_t planes = std::uint64_t{d.planes - 1} * d.source_plane_stride;
    const std::uint64_t rows = std::uint64_t{d.rows - 1} * d.source_row_stride;
    require(planes <= image_.size() && rows <= image_.size() &&
                d.source_offset + planes + rows + d.row_bytes <= image_.size(),
            which + " reads beyond the image");
  }
}

std::vector<std::string> Reader::split_names(const job::Header& h) const {
  const std::vector<char> bytes = entries<char>(h.names_offset, h.names_bytes, "names");
  require(bytes.back() == '\0', "its names are not ended by a zero byte");
  std::vector<std::string> names;
  for (std::size_t at = 0; at < bytes.size(); at += names.back().size() + 1)
    names.emplace_back(bytes.data() + at);
  require(names.size() == h.layer_count, "has " + std::to_string(names.size()) + " names for " +
                                             std::to_string(h.layer_count) + " layers");
  return names;
}

JobContents Reader::read() {
  require(image_.size() >= sizeof(job::Header), "is too short for a job image");
  JobContents contents;
  job::Header& h = contents.header;
  std::memcpy(&h, image_.data(), sizeof h);
  check_header(h);
  contents.commands = entries<job::Command>(h.command_offset, h.command_count, "commands");
  contents.descriptors =
      entries<job::Descriptor>(h.descriptor_offset, h.descriptor_count, "descriptors");
  contents.names = split_names(h);
  split(contents.commands, h.setup_commands, contents.setup_commands);
  split(contents.descriptors, h.setup_descriptors, contents.setup_descriptors);
  for (const auto* commands : {&contents.setup_commands, &contents.commands})
    check_commands(*commands, h.layer_count);
  for (const auto* descriptors : {&contents.setup_descriptors, &contents.descriptors})
    check_descriptors(*descriptors);
  return contents;
}

}  // namespace

JobContents read_job(std::span<const std::uint8_t> image, const std::string& origin) {
  return Reader(image, origin).read();
}

Job load_job(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream in(file, std::ios::binary);
  if (!in || std::filesystem::is_directory(file, error))
    throw InputError(file.string() + ": cannot be opened");
  Job job;
  job.image.assign(std::istreambuf_iterator<char>(in), {});
  JobContents contents = read_job(job.image, file.string());
  job.names = std::move(contents.names);
  job.input_bytes = contents.header.input_bytes;
  job.output_bytes = contents.header.output_bytes;
  job.has_setup = !contents.setup_commands.empty();
  return job;
}

void save_job(const Job& job, const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(job.image.data()),
            static_cast<std::streamsize>(job.image.size()));
  out.close();
  if (!out) throw InputError(file.string() + ": cannot be written");
}

}  // namespace cairn::compiler
