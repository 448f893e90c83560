// Where the loader puts job, inputs and outputs in the main memory.
#include "platform/run/dram_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "job_format.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/numbers/packing.hpp"

namespace cairn::platform {

namespace {

constexpr std::uint64_t kAlignment = 64;  // a bus burst and a job entry

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

const AddressRange& dram_of(const std::vector<AddressRange>& map) {
  return *std::ranges::find(map, "dram", &AddressRange::name);
}

/// First address of DRAM behind every segment of the firmware.
std::uint64_t firmware_end(const ElfFile& firmware, const AddressRange& dram) {
  std::uint64_t end = dram.base;
  for (const Segment& s : firmware.segments)
    if (s.address >= dram.base && s.address < dram.end()) end = std::max(end, s.end());
  return end;
}

std::uint32_t scratch_bytes(const compiler::Job& job) {
  job::Header header{};
  if (job.image.size() < sizeof(header))
    throw InputError("the job image is shorter than its header.");
  std::copy_n(job.image.begin(), sizeof(header), reinterpret_cast<std::uint8_t*>(&header));
  return header.scratch_bytes;
}

void load_or_throw(Machine& machine, std::uint32_t address, std::span<const std::uint8_t> bytes,
                   std::string_view what) {
  if (!bytes.empty() && !machine.load(address, bytes))
    throw InputError(fmt::format("the machine has no memory for the {} ({} bytes at {:#010x}).",
                                 what, bytes.size(), address));
}

std::span<std::uint8_t> bytes_of(bootinfo::Bootinfo& info) {
  return {reinterpret_cast<std::uint8_t*>(&info), sizeof(info)};
}

}  // namespace

DramLayout empty_layout(const std::vector<AddressRange>& map) {
  DramLayout out;
  out.info.magic = bootinfo::kMagic;
  out.info.version = bootinfo::kVersion;
  out.info_address = static_cast<std::uint32_t>(dram_of(map).end() - bootinfo::kWindowBytes);
  return out;
}

DramLayout plan_dram(const Workload& work, const ElfFile& firmware,
                     const std::vector<AddressRange>& map) {
  const AddressRange& dram = dram_of(map);
  DramLayout out = empty_layout(map);
  bootinfo::Bootinfo& info = out.info;
  info.count = work.samples.count;
  info.job_bytes = static_cast<std::uint32_t>(work.job.image.size());
  info.input_stride = static_cast<std::uint32_t>(aligned(work.job.input_bytes));
  info.output_stride = static_cast<std::uint32_t>(aligned(work.job.output_bytes));
  const std::uint64_t scratch = aligned(scratch_bytes(work.job)),
                      job = aligned(work.job.image.size());
  const std::uint64_t inputs = std::uint64_t{info.count} * info.input_stride;
  const std::uint64_t outputs = std::uint64_t{info.count} * info.output_stride;

  const std::uint64_t floor = aligned(firmware_end(firmware, dram));
  const std::uint64_t needed = scratch + job + inputs + outputs;
  if (floor > out.info_address || needed > out.info_address - floor)
    throw InputError(fmt::format(
        "{} inputs, their outputs and the job take {} bytes, but soc.dram has {} beside {}; "
        "lower --count or raise soc.dram.bytes.",
        info.count, needed, floor > out.info_address ? 0 : out.info_address - floor,
        firmware.path));
  std::uint32_t top = out.info_address;
  info.output_address = top -= static_cast<std::uint32_t>(outputs);
  info.input_address = top -= static_cast<std::uint32_t>(inputs);
  info.scratch_address = top -= static_cast<std::uint32_t>(scratch);
  info.job_address = top - static_cast<std::uint32_t>(job);
  return out;
}

void load_bootinfo(const DramLayout& layout, Machine& machine) {
  bootinfo::Bootinfo info = layout.info;
  load_or_throw(machine, layout.info_address, bytes_of(info), "boot information");
}

void load_workload(const Workload& work, const DramLayout& layout, Machine& machine) {
  const bootinfo::Bootinfo& info = layout.info;
  load_or_throw(machine, info.job_address, work.job.image, "job");
  std::vector<std::uint8_t> packed(std::size_t{info.count} * info.input_stride);
  std::vector<std::int32_t> wide(work.samples.elements);
  for (std::uint32_t i = 0; i < info.count; ++i) {
    std::ranges::copy(work.samples.at(i), wide.begin());
    numbers::pack_features(
        wide, work.network.input_type,
        std::span(packed).subspan(std::size_t{i} * info.input_stride, info.input_stride), 0);
  }
  load_or_throw(machine, info.input_address, packed, "inputs");
  load_bootinfo(layout, machine);
}

bootinfo::Bootinfo read_bootinfo(const DramLayout& layout, const Machine& machine) {
  bootinfo::Bootinfo info{};
  if (!machine.peek(layout.info_address, bytes_of(info)))
    throw std::logic_error("the boot information is not in DRAM");
  return info;
}

std::vector<std::int32_t> read_outputs(const Workload& work, const DramLayout& layout,
                                       std::uint32_t count, const Machine& machine) {
  const std::size_t stride = layout.info.output_stride;
  std::vector<std::uint8_t> packed(count * stride);
  if (!packed.empty() && !machine.peek(layout.info.output_address, packed))
    throw std::logic_error("the outputs are not in DRAM");
  const numbers::Layer& last = work.network.last();
  const auto outputs = static_cast<std::size_t>(last.out.elements());
  std::vector<std::int32_t> out(count * outputs);
  for (std::size_t i = 0; i < count; ++i)
    numbers::unpack_features(std::span(packed).subspan(i * stride, stride), 0, last.out_type,
                             std::span(out).subspan(i * outputs, outputs));
  return out;
}

}  // namespace cairn::platform
