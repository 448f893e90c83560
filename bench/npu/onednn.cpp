#include "bench/npu/onednn.hpp"

#include <omp.h>

#include <cstring>
#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

namespace cairn::bench {

namespace {

dnnl::engine& engine() {
  static dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

dnnl::convolution_forward::primitive_desc describe(const numbers::Layer& l) {
  using dnnl::memory;
  using Type = memory::data_type;
  constexpr auto kAny = memory::format_tag::any;
  const memory::desc in({1, l.in.channels, l.in.height, l.in.width}, Type::u8, kAny);
  const memory::desc weights({l.out.channels, l.in.channels, l.kernel_h, l.kernel_w}, Type::s8,
                             kAny);
  const memory::desc bias({l.out.channels}, Type::s32, memory::format_tag::x);
  const memory::desc out({1, l.out.channels, l.out.height, l.out.width}, Type::u8, kAny);
  const auto end = [](int size, int in_size, int kernel, int stride, int pad) {
    return memory::dim{(size - 1) * stride + kernel - in_size - pad};
  };
  const memory::dims stride{l.stride_h, l.stride_w}, before{l.pad_top, l.pad_left},
      after{end(l.out.height, l.in.height, l.kernel_h, l.stride_h, l.pad_top),
            end(l.out.width, l.in.width, l.kernel_w, l.stride_w, l.pad_left)};
  dnnl::primitive_attr attributes;
  attributes.set_output_scales(2,
                               std::vector<float>(static_cast<std::size_t>(l.out.channels), 0.01F));
  return {{dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct, in, weights,
           bias, out, stride, before, after},
          attributes,
          engine()};
}

dnnl::memory filled(const dnnl::memory::desc& desc, int value) {
  dnnl::memory memory(desc, engine());
  std::memset(memory.get_data_handle(), value, desc.get_size());
  return memory;
}

}  // namespace

struct OneDnnConvolution::Primitive {
  explicit Primitive(const numbers::Layer& layer)
      : description(describe(layer)),
        convolution(description),
        stream(engine()),
        arguments{{DNNL_ARG_SRC, filled(description.src_desc(), 3)},
                  {DNNL_ARG_WEIGHTS, filled(description.weights_desc(), 1)},
                  {DNNL_ARG_BIAS, filled(description.bias_desc(), 0)},
                  {DNNL_ARG_DST, filled(description.dst_desc(), 0)}} {}

  dnnl::convolution_forward::primitive_desc description;
  dnnl::convolution_forward convolution;
  dnnl::stream stream;
  std::unordered_map<int, dnnl::memory> arguments;
};

OneDnnConvolution::OneDnnConvolution(const numbers::Layer& layer)
    : primitive_(std::make_unique<Primitive>(layer)) {}
OneDnnConvolution::~OneDnnConvolution() = default;
OneDnnConvolution::OneDnnConvolution(OneDnnConvolution&&) noexcept = default;

void OneDnnConvolution::run() {
  primitive_->convolution.execute(primitive_->stream, primitive_->arguments);
  primitive_->stream.wait();
}

std::string OneDnnConvolution::implementation() const {
  return primitive_->description.impl_info_str();
}

void OneDnnConvolution::use_threads(int threads) {
  omp_set_num_threads(threads);
}

}  // namespace cairn::bench
