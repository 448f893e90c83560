// Reads and checks a job image.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "compiler/job.hpp"
#include "job_format.hpp"

namespace cairn::compiler {

/// A checked image, taken apart.
struct JobContents {
  job::Header header{};
  std::vector<job::Command> commands, setup_commands;
  std::vector<job::Descriptor> descriptors, setup_descriptors;  ///< in list order, from the first
  std::vector<std::string> names;
};

/// Checks magic, version, sizes, ranges, links and CRC. Throws InputError: "ORIGIN: reason".
JobContents read_job(std::span<const std::uint8_t> image, const std::string& origin);

/// Reads an image from a file and checks it. Throws InputError naming the file.
Job load_job(const std::filesystem::path& file);

/// Writes the image to a file. Throws InputError naming the file.
void save_job(const Job& job, const std::filesystem::path& file);

}  // namespace cairn::compiler
