// bench_npu: the NPU's arithmetic layer by layer on ResNet-50, beside oneDNN's int8 convolutions of
// the same shapes in the same run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

#include "bench/npu/onednn.hpp"
#include "bench/npu/resnet50.hpp"
#include "models/npu/numbers/fast.hpp"

namespace cairn::bench {
namespace {

using numbers::FastLayer;
using numbers::FeatureMap;
using numbers::Layer;

using Clock = std::chrono::steady_clock;

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

/// One layer's share of the NPU's host time, microseconds.
struct Times {
  double prepare = 0;  ///< packed weights and table to a FastLayer
  double unpack = 0;   ///< packed features to a FeatureMap
  double run = 0;
  double pack = 0;  ///< codes to packed features
  double onednn = 0;

  double ours() const { return prepare + unpack + run + pack; }
  Times& operator+=(const Times& other) {
    for (const auto part : kParts)
      this->*part += other.*part;
    return *this;
  }
  static constexpr double Times::*kParts[] = {&Times::prepare, &Times::unpack, &Times::run,
                                              &Times::pack, &Times::onednn};
};

/// A layer in packed form, as the SRAMs hold it.
class Subject {
 public:
  Subject(const NamedLayer& named, std::mt19937& random)
      : name(named.name),
        layer_(named.layer),
        block_(numbers::weight_bytes(layer_) + numbers::table_bytes(layer_)),
        in_(bytes_of(layer_.in, layer_.in_type)),
        out_(bytes_of(layer_.out, layer_.out_type)),
        onednn_(layer_) {
    for (auto* bytes : {&block_, &in_})
      for (auto& byte : *bytes)
        byte = static_cast<std::uint8_t>(random());
    numbers::pack_table(table(random), layer_,
                        std::span(block_).subspan(numbers::weight_bytes(layer_)));
  }

  Times measure(numbers::InstructionSet instructions, numbers::Workers& workers) {
    Times times;
    auto start = Clock::now();
    const numbers::ChannelRange all{0, layer_.out.channels};
    const FastLayer fast(layer_, slice_of(block_, layer_, all), all, instructions, &workers);
    times.prepare = microseconds_since(start);

    start = Clock::now();
    FeatureMap map(layer_);
    map.put(0, layer_.in.pixels(), in_, in_.size() * 8, 0);
    times.unpack = microseconds_since(start);

    start = Clock::now();
    numbers::CodeVector codes(static_cast<std::size_t>(layer_.out.elements()));
    fast.run(map, 0, layer_.out.pixels(), codes, layer_.out.channels, nullptr);
    times.run = microseconds_since(start);

    start = Clock::now();
    numbers::pack_codes_ring(codes, layer_.out_type, out_, out_.size() * 8, 0);
    times.pack = microseconds_since(start);

    start = Clock::now();
    onednn_.run();
    times.onednn = microseconds_since(start);
    return times;
  }

  const Layer& layer() const { return layer_; }
  std::string implementation() const { return onednn_.implementation(); }

  std::string name;

 private:
  static std::vector<std::uint8_t> bytes_of(const numbers::Shape& shape,
                                            const numbers::FeatureType& type) {
    return std::vector<std::uint8_t>(static_cast<std::size_t>(shape.elements() * type.bits + 7) /
                                     8);
  }

  numbers::Table table(std::mt19937& random) const {
    numbers::Table table;
    const auto channels = static_cast<std::size_t>(layer_.out.channels);
    const int reach = layer_.inputs_per_output() << (layer_.in_type.bits + layer_.weight_bits - 4);
    std::uniform_int_distribution<int> value(-reach, reach);
    if (layer_.requantisation == numbers::Requantisation::thresholds) {
      table.descending.assign(channels, 0);
      table.thresholds.resize(channels * ((std::size_t{1} << layer_.out_type.bits) - 1));
      for (auto& threshold : table.thresholds)
        threshold = value(random);
      const std::ptrdiff_t each = (1 << layer_.out_type.bits) - 1;
      for (auto first = table.thresholds.begin(); first != table.thresholds.end(); first += each)
        std::sort(first, first + each);
      return table;
    }
    table.multiplier.assign(channels, 1 << 30);
    table.shift.assign(channels, 40);
    for (std::size_t c = 0; c < channels; ++c)
      table.bias.push_back(value(random));
    return table;
  }

  Layer layer_;
  std::vector<std::uint8_t> block_, in_, out_;
  OneDnnConvolution onednn_;
};

Times median_of(std::vector<Times>& rounds) {
  Times median;
  for (const auto part : Times::kParts) {
    const auto middle = rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2);
    std::nth_element(rounds.begin(), middle, rounds.end(),
                     [part](const Times& a, const Times& b) { return a.*part < b.*part; });
    median.*part = (*middle).*part;
  }
  return median;
}

void print_row(const std::string& name, const std::string& shape, double mmac, const Times& t) {
  fmt::print(
      "{:<18} {:>22} {:>7.1f} | {:>8.1f} {:>8.1f} {:>8.1f} {:>8.1f} {:>9.1f} | {:>8.1f} {:>6.2f}\n",
      name, shape, mmac, t.prepare, t.unpack, t.run, t.pack, t.ours(), t.onednn,
      t.ours() / t.onednn);
}

std::string shape_of(const Layer& l) {
  return fmt::format("{}x{} s{} {}x{}x{}-{}", l.kernel_h, l.kernel_w, l.stride_h, l.in.height,
                     l.in.width, l.in.channels, l.out.channels);
}

void measure_network(int bits, bool projections, numbers::Requantisation requantisation, int rounds,
                     numbers::InstructionSet instructions, int threads) {
  std::mt19937 random(1);
  numbers::Workers workers(threads);
  std::vector<Subject> subjects;
  for (const NamedLayer& named : resnet50(bits, projections, requantisation))
    subjects.emplace_back(named, random);
  std::vector<std::vector<Times>> times(subjects.size());
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < subjects.size(); ++i)
      times[i].push_back(subjects[i].measure(instructions, workers));

  fmt::print("\nResNet-50 v1, {}, {} bits; microseconds, medians of {} rounds, {} thread{}\n",
             projections ? "with projections" : "residual-free", bits, rounds, threads,
             threads == 1 ? "" : "s");
  fmt::print("{:<18} {:>22} {:>7} | {:>8} {:>8} {:>8} {:>8} {:>9} | {:>8} {:>6}\n", "layer",
             "shape", "MMAC", "prepare", "unpack", "run", "pack", "total", "oneDNN", "ratio");
  Times total;
  double mmac = 0;
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const Times median = median_of(times[i]);
    const double own = static_cast<double>(subjects[i].layer().macs()) * 1e-6;
    print_row(subjects[i].name, shape_of(subjects[i].layer()), own, median);
    total += median;
    mmac += own;
  }
  print_row("total", "", mmac, total);
  fmt::print("instruction sets: {}; oneDNN {}\n", numbers::name_of(instructions),
             subjects.at(1).implementation());
}

int run(int argc, char** argv) {
  CLI::App app{"The NPU's arithmetic on ResNet-50 beside oneDNN's int8 convolutions"};
  int bits = 4, rounds = 15, threads = 1;
  bool thresholds = false;
  std::string set(numbers::name_of(numbers::best_instruction_set()));
  app.add_option("--bits", bits, "bits of features and weights")->check(CLI::IsMember({4, 8}));
  app.add_option("--rounds", rounds)->check(CLI::Range(1, 10'000));
  app.add_option("--threads", threads)->check(CLI::Range(1, 256));
  app.add_flag("--thresholds", thresholds, "4-bit outputs through thresholds, not multipliers");
  app.add_option("--instructions", set, "of our kernels: portable, AVX2, AVX-512 VNNI, AMX");
  CLI11_PARSE(app, argc, argv);
  const auto* chosen = std::find_if(
      std::begin(numbers::kInstructionSets), std::end(numbers::kInstructionSets),
      [&](numbers::InstructionSet s) { return name_of(s) == set && has_instruction_set(s); });
  if (chosen == std::end(numbers::kInstructionSets)) {
    fmt::print(stderr, "--instructions: this machine has no {}\n", set);
    return 2;
  }
  OneDnnConvolution::use_threads(threads);
  const auto requantisation =
      thresholds ? numbers::Requantisation::thresholds : numbers::Requantisation::multiply;
  for (const bool projections : {false, true})
    measure_network(bits, projections, requantisation, rounds, *chosen, threads);
  return 0;
}

}  // namespace
}  // namespace cairn::bench

int main(int argc, char** argv) {
  return cairn::bench::run(argc, argv);
}
