// Speed of the fast kernels: multiply-accumulates per second on one core, and bytes per second of
// packing.
#include <benchmark/benchmark.h>

#include <sstream>
#include <string>
#include <vector>

#include "models/npu/numbers/fast.hpp"
#include "models/npu/numbers/packing.hpp"
#include "tests/numbers/fast_case.hpp"

namespace cairn::numbers {
namespace {

struct Named {
  std::string name;
  Layer layer;
};

Layer window(Op op, int size, int in_channels, int out_channels, int kernel, int stride) {
  Layer l;
  l.op = op;
  l.in = {size, size, in_channels};
  l.kernel_h = l.kernel_w = kernel;
  l.stride_h = l.stride_w = stride;
  l.pad_top = l.pad_left = (kernel - 1) / 2;
  l.out = {(size - 1) / stride + 1, (size - 1) / stride + 1, out_channels};
  l.weight_bits = l.has_weights() ? 8 : 0;
  l.requantisation = op == Op::max_pool ? Requantisation::none : Requantisation::multiply;
  return l;
}

Layer fully_connected(int inputs, int outputs) {
  Layer l = window(Op::fully_connected, 1, inputs, outputs, 1, 1);
  return l;
}

Layer global_average(int size, int channels) {
  Layer l = window(Op::average_pool, size, channels, channels, 1, 1);
  l.kernel_h = l.kernel_w = size;
  l.pad_top = l.pad_left = 0;
  l.out = {1, 1, channels};
  return l;
}

Layer with(Layer l, Requantisation requantisation, int bits) {
  l.requantisation = requantisation;
  l.in_type.bits = l.out_type.bits = bits;
  return l;
}

std::vector<Named> layers() {
  constexpr Op conv = Op::convolution, dw = Op::depthwise;
  return {
      {"small/3x3 28x28x32-32", window(conv, 28, 32, 32, 3, 1)},
      {"small/3x3 28x28x32-64 /2", window(conv, 28, 32, 64, 3, 2)},
      {"small/3x3 14x14x64-64", window(conv, 14, 64, 64, 3, 1)},
      {"small/3x3 14x14x64-64 tflite",
       with(window(conv, 14, 64, 64, 3, 1), Requantisation::multiply_tflite, 8)},
      {"small/3x3 14x14x64-64 4b thresholds",
       with(window(conv, 14, 64, 64, 3, 1), Requantisation::thresholds, 4)},
      {"small/3x3 14x14x64-96 /2", window(conv, 14, 64, 96, 3, 2)},
      {"small/3x3 7x7x96-96", window(conv, 7, 96, 96, 3, 1)},
      {"small/3x3 28x28x1-16", window(conv, 28, 1, 16, 3, 1)},
      {"small/1x1 25x5x64-64", window(conv, 11, 64, 64, 1, 1)},
      {"resnet50/7x7 224x224x3-64 /2", window(conv, 224, 3, 64, 7, 2)},
      {"resnet50/1x1 56x56x64-64", window(conv, 56, 64, 64, 1, 1)},
      {"resnet50/3x3 56x56x64-64", window(conv, 56, 64, 64, 3, 1)},
      {"resnet50/1x1 56x56x64-256", window(conv, 56, 64, 256, 1, 1)},
      {"resnet50/1x1 56x56x256-64", window(conv, 56, 256, 64, 1, 1)},
      {"resnet50/3x3 28x28x128-128", window(conv, 28, 128, 128, 3, 1)},
      {"resnet50/1x1 28x28x128-512", window(conv, 28, 128, 512, 1, 1)},
      {"resnet50/3x3 14x14x256-256", window(conv, 14, 256, 256, 3, 1)},
      {"resnet50/1x1 14x14x1024-256", window(conv, 14, 1024, 256, 1, 1)},
      {"resnet50/1x1 28x28x512-1024 /2", window(conv, 28, 512, 1024, 1, 2)},
      {"resnet50/3x3 7x7x512-512", window(conv, 7, 512, 512, 3, 1)},
      {"resnet50/1x1 7x7x512-2048", window(conv, 7, 512, 2048, 1, 1)},
      {"resnet50/fc 2048-1000", fully_connected(2048, 1000)},
      {"depthwise/3x3 28x28x64", window(dw, 28, 64, 64, 3, 1)},
      {"depthwise/3x3 48x48x8", window(dw, 48, 8, 8, 3, 1)},
      {"depthwise/3x3 112x112x32", window(dw, 112, 32, 32, 3, 1)},
      {"pool/max 3x3 112x112x64 /2", window(Op::max_pool, 112, 64, 64, 3, 2)},
      {"pool/average 7x7x2048", global_average(7, 2048)},
  };
}

void run_layer(benchmark::State& state, const Layer& layer, InstructionSet set) {
  test::Random random(1);
  test::Case c{layer, random.features(layer), random.weights(layer), {}, {}};
  const auto channels = static_cast<std::size_t>(layer.out.channels);
  c.table.bias.assign(channels, 100);
  c.table.multiplier.assign(channels, 1 << 30);
  c.table.shift.assign(channels, 44);
  c.table.descending.assign(channels, 0);
  c.table.thresholds.assign(channels * 15, 0);
  const FastLayer fast(c.layer, c.weights, c.table, set);
  const FeatureMap map = test::map_of(c);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(layer.out.elements()));
  for (auto _ : state)
    fast.run(map, 0, layer.out.pixels(), out, layer.out.channels, nullptr);
  const std::int64_t operations = layer.out.elements() * layer.inputs_per_output();
  state.counters["GMAC/s"] = benchmark::Counter(static_cast<double>(operations) * 1e-9,
                                                benchmark::Counter::kIsIterationInvariantRate);
}

void unpack(benchmark::State& state, FeatureType type, std::uint64_t offset) {
  std::vector<std::uint8_t> codes(100'000);
  const std::vector<std::uint8_t> bytes(codes.size() + 8, 0x5a);
  for (auto _ : state)
    unpack_codes_ring(bytes, bytes.size() * 8, offset, type, codes);
  state.SetItemsProcessed(state.iterations() * std::int64_t(codes.size()));
}

void pack(benchmark::State& state, FeatureType type, std::uint64_t offset) {
  const std::vector<std::uint8_t> codes(100'000, 1);
  std::vector<std::uint8_t> bytes(codes.size() + 8);
  for (auto _ : state)
    pack_codes_ring(codes, type, bytes, bytes.size() * 8, offset);
  state.SetItemsProcessed(state.iterations() * std::int64_t(codes.size()));
}

void register_all() {
  for (const InstructionSet set : kInstructionSets) {
    if (!has_instruction_set(set)) continue;
    for (const auto& [name, layer] : layers())
      benchmark::RegisterBenchmark(
          std::string(name_of(set)).append("/").append(name).c_str(),
          [layer = layer, set](benchmark::State& s) { run_layer(s, layer, set); });
  }
  for (const int bits : {1, 3, 4, 8})
    for (const std::uint64_t offset : {0, 3}) {
      const FeatureType type{bits, bits == 4, 0};
      std::ostringstream suffix;
      suffix << "/" << bits << "b at bit " << offset;
      benchmark::RegisterBenchmark(("unpack" + suffix.str()).c_str(),
                                   [=](benchmark::State& s) { unpack(s, type, offset); });
      benchmark::RegisterBenchmark(("pack" + suffix.str()).c_str(),
                                   [=](benchmark::State& s) { pack(s, type, offset); });
    }
}

}  // namespace
}  // namespace cairn::numbers

int main(int argc, char** argv) {
  cairn::numbers::register_all();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
