// The half of a core that the compiler sees: what fits, in what order, at what cost. No SystemC.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/npu/numbers/layer.hpp"
#include "models/npu/schedule.hpp"

namespace cairn::npu {

/// One configurable size of a core.
struct GeometryValue {
  std::string key;  ///< "tile_pixels"
  std::int64_t value = 0;
  std::string unit;
  std::string doc;
  bool assumed = false;  ///< not published: chosen by us
};

/// Memories around a core and its own sizes. `hash` goes into the job and into the geometry
/// register.
struct Geometry {
  std::uint16_t core_id = 0;
  std::uint64_t feature_bits = 983'040;  ///< feature SRAM, used as one ring
  std::uint32_t weight_bytes = 65'536;   ///< weight SRAM
  std::vector<GeometryValue> values;

  std::int64_t at(std::string_view key) const;         ///< throws std::out_of_range
  void set(std::string_view key, std::int64_t value);  ///< throws std::out_of_range
  std::uint32_t hash() const;
};

/// Plans layers for one core configuration. Pure: the same layer gives the same schedule.
class Mapping {
 public:
  virtual ~Mapping() = default;
  virtual std::string_view core() const = 0;
  virtual const Geometry& geometry() const = 0;
  /// Empty if the core can run the layer, else why not, as a clause ("has 9-bit weights").
  virtual std::string unsupported(const numbers::Layer& layer) const = 0;
  virtual Schedule schedule(const numbers::Layer& layer) const = 0;
};

/// Largest number of feature bits alive at once: unfreed inputs plus written outputs, after each
/// output pixel and before what it frees is freed.
std::uint64_t peak_feature_bits(const numbers::Layer& layer, const Schedule& schedule);

/// Bits from the oldest unfreed input to the newest output, at the worst moment, if the output
/// begins `out_distance` bits after the input in the ring: what the ring must hold.
std::uint64_t ring_span_bits(const numbers::Layer& layer, const Schedule& schedule,
                             std::uint64_t out_distance);

std::uint64_t in_feature_bits(const numbers::Layer& layer);   ///< the whole input, packed
std::uint64_t out_feature_bits(const numbers::Layer& layer);  ///< the whole output, packed

/// One core as the list of cores names it.
struct CoreEntry {
  std::string_view name;
  std::uint16_t id;
  std::string_view description;
  Geometry (*defaults)();
  std::unique_ptr<Mapping> (*make)(const Geometry&);
};

/// All cores, in the order of their identification. Generated from the list in
/// models/npu/cores/CMakeLists.txt.
const std::vector<CoreEntry>& cores();

}  // namespace cairn::npu
