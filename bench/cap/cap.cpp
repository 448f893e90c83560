// bench_cap: ResNet-18 through the analogue macro of `cap`, a conversion at every chunk, beside the
// exact kernels on the same layers in the same run.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include <time.h>

#include "bench/cap/resnet18.hpp"
#include "models/npu/cores/cap/macro/physical_layer.hpp"
#include "models/npu/numbers/fast.hpp"

namespace cairn::bench {
namespace {

using namespace npu::cap;
using numbers::InstructionSet;
using numbers::Layer;

/// Processor time of all threads: other programs on the machine do not count.
double milliseconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
  };
  const double start = now();
  work();
  return now() - start;
}

/// Chunk by chunk and bit by bit down the rows of the macro, reloaded for each 64 of them.
std::vector<Rectangle> places(const Layer& layer, Encoding encoding) {
  std::vector<Rectangle> rectangles;
  const int most = kRows / rows_of(encoding, 1);
  for (int chunk = 0; chunk < chunks_of(layer); ++chunk)
    for (int bit = 0; bit < planes_of(layer, encoding); ++bit)
      for (int first = 0; first < layer.out.channels; first += most)
        rectangles.push_back({chunk, bit, first, std::min(most, layer.out.channels - first), 0, 0});
  return rectangles;
}

/// The least processor time of each, milliseconds.
struct Times {
  double prepare = 1e9, run = 1e9, exact = 1e9;
};

struct Subject {
  Layer layer;
  std::vector<std::int8_t> weights;
  numbers::FeatureMap map;
  LayerMapping mapping;

  Subject(const Layer& l, std::uint32_t number, std::mt19937& random) : layer(l), map(l) {
    const int low = -(1 << (l.weight_bits - 1));
    std::uniform_int_distribution<int> weight(low, -low - 1), code(0, l.in_type.high());
    weights.resize(static_cast<std::size_t>(l.weight_count()));
    for (auto& w : weights)
      w = static_cast<std::int8_t>(weight(random));
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(l.in.elements()));
    for (auto& c : codes)
      c = static_cast<std::uint8_t>(code(random));
    map.put(0, codes);
    mapping.lsb = 2 * kSteps;
    mapping.layer = number;
    mapping.rectangles = places(layer, mapping.encoding);
  }
};

Times measure(const Subject& s, const MacroInstance& macro, InstructionSet set,
              numbers::Workers& workers, int repeats) {
  Times best;
  std::vector<std::int32_t> sums(static_cast<std::size_t>(s.layer.out.elements()));
  const numbers::ChannelRange all{0, s.layer.out.channels};
  numbers::Table table;
  table.bias.assign(static_cast<std::size_t>(s.layer.out.channels), 0);
  for (int i = 0; i < repeats; ++i) {
    std::unique_ptr<PhysicalLayer> physical;
    best.prepare = std::min(best.prepare, milliseconds([&] {
                              physical = std::make_unique<PhysicalLayer>(
                                  s.layer, s.weights, all, s.mapping, macro, set, &workers);
                            }));
    best.run = std::min(best.run, milliseconds([&] {
                          physical->run(s.map, 0, s.layer.out.pixels(), 0, sums,
                                        s.layer.out.channels, nullptr);
                        }));
    best.exact =
        std::min(best.exact, milliseconds([&] {
                   const numbers::FastLayer exact(s.layer, s.weights, table, set, &workers);
                   exact.run(s.map, 0, s.layer.out.pixels(), sums, s.layer.out.channels, nullptr);
                 }));
  }
  return best;
}

void row(const std::string& name, double conversions, const Times& t) {
  const double all = t.prepare + t.run;
  fmt::print("{:<18} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>10.2f} {:>8.1f}\n", name,
             conversions * 1e-6, t.prepare, t.run, conversions / all * 1e-6, t.exact,
             all / t.exact);
}

void table(const std::vector<NamedLayer>& layers, const MacroInstance& macro, InstructionSet set,
           int threads, int repeats) {
  numbers::Workers workers(threads);
  fmt::print("{:<18} {:>10} {:>10} {:>10} {:>10} {:>10} {:>8}\n", "layer", "M conv.", "prepare ms",
             "run ms", "G conv./s", "exact ms", "ratio");
  std::mt19937 random(1);
  Times total{0, 0, 0};
  double conversions = 0;
  std::uint32_t number = 0;
  for (const NamedLayer& named : layers) {
    const Subject subject(named.layer, number++, random);
    const PhysicalLayer physical(subject.layer, subject.weights, {0, subject.layer.out.channels},
                                 subject.mapping, macro);
    const auto own = static_cast<double>(physical.conversions_per_pixel()) *
                     static_cast<double>(subject.layer.out.pixels());
    const Times t = measure(subject, macro, set, workers, repeats);
    row(named.name, own, t);
    conversions += own;
    total = {total.prepare + t.prepare, total.run + t.run, total.exact + t.exact};
  }
  row("ResNet-18", conversions, total);
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{"ResNet-18 through the analogue macro of cap: a conversion at every chunk"};
  int bits = 4, threads = 1, repeats = 3;
  NonIdealities parameters;
  std::string set_name;
  app.add_option("--bits", bits, "of features and weights")->check(CLI::Range(1, 8));
  app.add_option("--dac-bits", parameters.dac_bits)->check(CLI::Range(1, 8));
  app.add_option("--adc-bits", parameters.adc_bits)->check(CLI::Range(3, 10));
  app.add_option("--threads", threads)->check(CLI::Range(1, 64));
  app.add_option("--repeats", repeats, "the least time of so many counts")
      ->check(CLI::Range(1, 1000));
  app.add_option("--instructions", set_name, "one instruction set (portable, AVX2, ...)");
  CLI11_PARSE(app, argc, argv);
  NonIdealities quiet = parameters;
  quiet.ktc_noise = quiet.comparator_noise = 0;
  const std::vector<NamedLayer> layers = resnet18(bits);
  for (const InstructionSet set : numbers::kInstructionSets) {
    const bool is_wanted = set_name.empty() ? set == numbers::best_instruction_set()
                                            : set_name == numbers::name_of(set);
    if (!is_wanted || !numbers::has_instruction_set(set)) continue;
    const std::pair<const char*, NonIdealities> kinds[] = {
        {"ideal converters", parameters.ideal()},
        {"mismatch, offset, gain and nonlinearity, no noise", quiet},
        {"everything, with noise", parameters}};
    for (const auto& [kind, own] : kinds) {
      fmt::print("\n{}, {}b x {}b, {}-bit DAC, {}-bit ADC, {} thread(s): {}\n",
                 numbers::name_of(set), bits, bits, own.dac_bits, own.adc_bits, threads, kind);
      table(layers, MacroInstance(own, 1), set, threads, repeats);
    }
  }
  return 0;
}

}  // namespace cairn::bench

int main(int argc, char** argv) {
  return cairn::bench::run(argc, argv);
}
