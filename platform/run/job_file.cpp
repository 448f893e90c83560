// A job that was compiled before, as NETWORK on the command line.
#include "platform/run/job_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>
#include <optional>

#include "compiler/job_reader.hpp"
#include "job_format.hpp"
#include "models/kit/input_error.hpp"
#include "models/npu/command.hpp"

namespace cairn::platform {

namespace {

constexpr unsigned kInputSigned = 1, kOutputSigned = 2;  // LayerCommand::flags

/// The driver trusts the compiler about these; a damaged file must not make us allocate or shift by
/// nonsense.
void check_sizes(const std::filesystem::path& file, const job::LayerCommand& first,
                 const job::LayerCommand& last, const compiler::Job& job) {
  const std::uint64_t inputs = std::uint64_t{first.in_h} * first.in_w * first.in_c;
  const std::uint64_t outputs = std::uint64_t{last.out_h} * last.out_w * last.out_c;
  const bool are_widths_valid = first.in_bits >= 1 && first.in_bits <= 8 && last.out_bits >= 1 &&
                                (last.out_bits <= 8 || last.out_bits == numbers::kAccumulatorBits);
  if (!are_widths_valid || (inputs * first.in_bits + 7) / 8 > job.input_bytes ||
      (outputs * last.out_bits + 7) / 8 > job.output_bytes)
    throw InputError(
        fmt::format("{}: the commands do not agree with the sizes in the header.", file.string()));
}

}  // namespace

bool is_job_file(const std::filesystem::path& file) {
  if (file.extension() == ".job") return std::filesystem::exists(file);
  std::array<char, 4> start{};
  if (!std::filesystem::is_regular_file(file) ||
      !std::ifstream(file, std::ios::binary).read(start.data(), start.size()))
    return false;
  return std::memcmp(start.data(), &job::kMagic, start.size()) == 0;
}

compiler::Job read_job_file(const std::filesystem::path& file, compiler::Network& network) {
  compiler::Job job = compiler::load_job(file);
  const compiler::JobContents contents = compiler::read_job(job.image, file.string());
  std::optional<job::LayerCommand> first, last;
  for (const job::Command& command : contents.commands) {
    if (command.kind != static_cast<std::uint8_t>(job::Kind::kLayer)) continue;
    last = npu::as<job::LayerCommand>(command);
    if (!first) first = last;
  }
  if (!first) throw InputError(fmt::format("{}: the job computes no layer.", file.string()));

  check_sizes(file, *first, *last, job);
  network.name = file.stem().string();
  network.input = {first->in_h, first->in_w, first->in_c};
  network.input_type = {first->in_bits, (first->flags & kInputSigned) != 0, first->in_zero};
  network.input_low = network.input_type.low();
  network.input_high = network.input_type.high();
  compiler::NetworkLayer output;
  output.layer.out = {last->out_h, last->out_w, last->out_c};
  output.layer.out_type = {last->out_bits, (last->flags & kOutputSigned) != 0, last->out_zero};
  network.layers = {output};
  return job;
}

}  // namespace cairn::platform
