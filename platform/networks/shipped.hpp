// Networks with a description file: those that ship with the program, networks/NAME/network.toml,
// and the user's own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/generate/generate.hpp"
#include "compiler/network.hpp"

namespace cairn::platform {

/// How the bytes of a picture become the network's real inputs: pixel * scale + offset.
struct PixelMapping {
  double scale = 1.0, offset = 0.0;
};

struct ShippedNetwork {
  std::string name;
  std::string description;
  std::filesystem::path file;   ///< the description
  std::filesystem::path model;  ///< empty if the network is generated
  std::optional<compiler::Generator> generator;
  std::string schedule;       ///< of a plain run; empty: the core's default
  std::uint32_t count = 100;  ///< inputs of a plain run
  std::string input_description;
  PixelMapping pixels;
  std::vector<std::filesystem::path> inputs,
      labels;                ///< candidates: the first that exists is taken
  std::string data_package;  ///< Debian package of the data, empty if it ships with us
  std::vector<std::string> classes;
  /// Range of the converters of the core `cap`, per layer: 1/16 accumulator units a code. A layer
  /// that is not named is calibrated.
  std::map<std::string, int> cap_lsb;
};

/// Reads one description, which names a model file or has a [generate] table. The network is named
/// after the file, if that is network.toml after its folder. Throws InputError naming file and key.
ShippedNetwork read_shipped(const std::filesystem::path& toml);

/// Imports or generates the network. Throws InputError naming the file, also if `cap_lsb` names a
/// layer that is not there.
compiler::Network load_shipped(const ShippedNetwork& network);

/// All networks below home()/networks, by name.
std::vector<ShippedNetwork> shipped_networks();

/// The first candidate that exists. Throws InputError naming what was looked for and the package.
std::filesystem::path first_existing(const ShippedNetwork& network,
                                     const std::vector<std::filesystem::path>& candidates);

}  // namespace cairn::platform
