// The networks that ship with the program: networks/NAME/network.toml.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace cairn::platform {

/// How the bytes of a picture become the network's real inputs: pixel * scale + offset.
struct PixelMapping {
  double scale = 1.0, offset = 0.0;
};

struct ShippedNetwork {
  std::string name;
  std::string description;
  std::filesystem::path model;
  std::uint32_t count = 100;  ///< inputs of a plain run
  std::string input_description;
  PixelMapping pixels;
  std::vector<std::filesystem::path> inputs,
      labels;                ///< candidates: the first that exists is taken
  std::string data_package;  ///< Debian package of the data, empty if it ships with us
  std::vector<std::string> classes;
};

/// Reads one description. Throws InputError naming file and key.
ShippedNetwork read_shipped(const std::filesystem::path& toml);

/// All networks below home()/networks, by name.
std::vector<ShippedNetwork> shipped_networks();

/// The first candidate that exists. Throws InputError naming what was looked for and the package.
std::filesystem::path first_existing(const ShippedNetwork& network,
                                     const std::vector<std::filesystem::path>& candidates);

}  // namespace cairn::platform
