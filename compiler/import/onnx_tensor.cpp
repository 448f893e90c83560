#include "compiler/import/onnx_tensor.hpp"

#include <cstring>
#include <limits>

#include "compiler/import/refusal.hpp"

namespace cairn::compiler {

namespace {

using onnx::TensorProto;

constexpr std::int64_t kMaxElements = std::int64_t{1} << 29;  ///< 2 GiB of floats

/// Elements of `Stored` from raw_data, as `Value`.
template <typename Stored, typename Value>
std::vector<Value> from_raw(const std::string& raw) {
  std::vector<Value> out(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
    out[i] = static_cast<Value>(stored);
  }
  return out;
}

/// IEEE half precision, exactly.
float from_half(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t(half & 0x8000u) << 16, fraction = half & 0x3ffu;
  const int exponent = (half >> 10) & 0x1f;
  float magnitude = 0;
  if (exponent == 0x1f) {
    magnitude =
        fraction ? std::numeric_limits<float>::quiet_NaN() : std::numeric_limits<float>::infinity();
  } else if (exponent == 0) {
    magnitude = static_cast<float>(fraction) * 0x1p-24f;
  } else {
    const std::uint32_t bits = (std::uint32_t(exponent + 112) << 23) | (fraction << 13);
    std::memcpy(&magnitude, &bits, sizeof magnitude);
  }
  return sign ? -magnitude : magnitude;
}

/// Bytes of an element in raw_data; 0: a type that we do not read.
std::size_t element_bytes(int type) {
  switch (type) {
    case TensorProto::FLOAT:
      return 4;
    case TensorProto::DOUBLE:
      return 8;
    case TensorProto::FLOAT16:
      return 2;
    case TensorProto::INT64:
      return 8;
    case TensorProto::INT32:
      return 4;
    case TensorProto::INT16:
    case TensorProto::UINT16:
      return 2;
    case TensorProto::INT8:
    case TensorProto::UINT8:
    case TensorProto::BOOL:
      return 1;
    default:
      return 0;
  }
}

void read_raw(const TensorProto& p, Tensor& t) {
  const std::string& raw = p.raw_data();
  switch (p.data_type()) {
    case TensorProto::FLOAT:
      t.floats = from_raw<float, float>(raw);
      break;
    case TensorProto::DOUBLE:
      t.floats = from_raw<double, float>(raw);
      break;
    case TensorProto::FLOAT16:
      for (const std::uint16_t half : from_raw<std::uint16_t, std::uint16_t>(raw))
        t.floats.push_back(from_half(half));
      break;
    case TensorProto::INT64:
      t.integers = from_raw<std::int64_t, std::int64_t>(raw);
      break;
    case TensorProto::INT32:
      t.integers = from_raw<std::int32_t, std::int64_t>(raw);
      break;
    case TensorProto::INT16:
      t.integers = from_raw<std::int16_t, std::int64_t>(raw);
      break;
    case TensorProto::UINT16:
      t.integers = from_raw<std::uint16_t, std::int64_t>(raw);
      break;
    case TensorProto::INT8:
      for (const std::int64_t v : from_raw<std::uint8_t, std::int64_t>(raw))
        t.integers.push_back(v < 128 ? v : v - 256);
      break;
    default:
      t.integers = from_raw<std::uint8_t, std::int64_t>(raw);
      break;
  }
}

void read_fields(const TensorProto& p, Tensor& t) {
  switch (p.data_type()) {
    case TensorProto::FLOAT:
      t.floats.assign(p.float_data().begin(), p.float_data().end());
      break;
    case TensorProto::DOUBLE:
      for (const double v : p.double_data())
        t.floats.push_back(static_cast<float>(v));
      break;
    case TensorProto::FLOAT16:
      for (const std::int32_t v : p.int32_data())
        t.floats.push_back(from_half(static_cast<std::uint16_t>(v)));
      break;
    case TensorProto::INT64:
      t.integers.assign(p.int64_data().begin(), p.int64_data().end());
      break;
    default:
      t.integers.assign(p.int32_data().begin(), p.int32_data().end());
      break;
  }
}

}  // namespace

Tensor read_tensor(const TensorProto& p, const std::string& file, const std::string& what) {
  if (p.data_location() == TensorProto::EXTERNAL || p.external_data_size() > 0)
    refuse(file, what + ": its data lie in another file, which is not supported");
  const std::size_t bytes = element_bytes(p.data_type());
  if (bytes == 0)
    refuse(file, what + ": element type " + std::to_string(p.data_type()) + " is not supported");
  Tensor t;
  std::int64_t elements = 1;
  for (const std::int64_t dim : p.dims()) {
    if (dim < 0 || (dim > 0 && elements > kMaxElements / dim))
      refuse(file, what + ": impossible dimension " + std::to_string(dim));
    elements *= dim;
    t.dims.push_back(dim);
  }
  const int type = p.data_type();
  t.is_integer =
      type != TensorProto::FLOAT && type != TensorProto::DOUBLE && type != TensorProto::FLOAT16;
  if (p.has_raw_data()) {
    if (p.raw_data().size() != static_cast<std::size_t>(elements) * bytes)
      refuse(file, what + ": has " + std::to_string(p.raw_data().size()) +
                       " bytes of data, but its dimensions need " +
                       std::to_string(static_cast<std::size_t>(elements) * bytes));
    read_raw(p, t);
  } else {
    read_fields(p, t);
  }
  if (t.size() != static_cast<std::size_t>(elements))
    refuse(file, what + ": has " + std::to_string(t.size()) +
                     " elements, but its dimensions need " + std::to_string(elements));
  return t;
}

}  // namespace cairn::compiler
