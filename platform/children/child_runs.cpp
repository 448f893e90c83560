// Runs of the program in child processes.
#include "platform/children/child_runs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include "models/kit/input_error.hpp"
#include "platform/run/exit_status.hpp"

namespace cairn::platform {

namespace {

namespace fs = std::filesystem;

/// More would only take memory: each child computes with several threads.
constexpr unsigned kMostChildren = 4;
constexpr int kSignalled = 128;  // as a shell says it

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "cairn-runs-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      throw InputError(fmt::format("cannot make a folder in {}: {}.",
                                   fs::temp_directory_path().string(), std::strerror(errno)));
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  fs::path file(std::size_t run, const char* extension) const {
    return path_ / (std::to_string(run) + extension);
  }

 private:
  fs::path path_;
};

std::string content_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The last line, or of a message that names the program, what follows the name.
std::string message_of(std::string text) {
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  constexpr std::string_view kName = "cairn: ";
  if (const std::size_t found = text.find(kName); found != std::string::npos) {
    const std::string rest = text.substr(found + kName.size());
    return rest.substr(0, rest.find('\n'));
  }
  return text.substr(text.rfind('\n') + 1);
}

class Children {
 public:
  explicit Children(const std::vector<RunArguments>& runs) : runs_(runs), records_(runs.size()) {}
  ~Children() { stop(); }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  std::vector<RunRecord> perform(const std::atomic<bool>& interrupted,
                                 const std::function<void(std::size_t)>& progress) {
    const std::size_t most = std::clamp(std::thread::hardware_concurrency(), 1u, kMostChildren);
    std::size_t next = 0, done = 0;
    while (done < runs_.size() && !interrupted) {
      while (next < runs_.size() && processes_.size() < most)
        start(next++);
      const std::size_t ended = reap();
      done += ended;
      progress(done);
      if (ended == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    stop();
    for (std::size_t run = next; run < runs_.size(); ++run)
      records_[run].exit_status = kExitInterrupted;
    return std::move(records_);
  }

 private:
  void start(std::size_t run) {
    std::vector<std::string> arguments = runs_[run];
    arguments.insert(arguments.begin(), "cairn");
    arguments.insert(arguments.end(), {"--json", folder_.file(run, ".json").string()});
    if (runs_[run].front() == "run")
      arguments.insert(arguments.end(),
                       {"--quiet", "--outputs", folder_.file(run, ".npy").string()});
    std::vector<char*> argv;
    for (std::string& argument : arguments)
      argv.push_back(argument.data());
    argv.push_back(nullptr);
    const std::string log = folder_.file(run, ".err").string();
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t process = 0;
    const int error =
        posix_spawn(&process, "/proc/self/exe", &files, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0)
      throw InputError(fmt::format("cannot start a process: {}.", std::strerror(error)));
    processes_.emplace_back(process, run);
  }

  /// How many have ended since the last call.
  std::size_t reap() {
    return std::erase_if(processes_, [this](const auto& child) {
      int status = 0;
      if (waitpid(child.first, &status, WNOHANG) != child.first) return false;
      record(child.second, status);
      return true;
    });
  }

  void record(std::size_t run, int status) {
    RunRecord& r = records_[run];
    r.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
    r.message = message_of(content_of(folder_.file(run, ".err")));
    if (r.message.empty() && WIFSIGNALED(status))
      r.message = fmt::format("ended by signal {}", WTERMSIG(status));
    if (const fs::path json = folder_.file(run, ".json"); fs::exists(json))
      r.report = nlohmann::json::parse(content_of(json), nullptr, false);
    r.outputs = content_of(folder_.file(run, ".npy"));
  }

  void stop() {
    for (const auto& [process, run] : processes_) {
      kill(process, SIGTERM);
      while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {
      }
      records_[run].exit_status = kExitInterrupted;
    }
    processes_.clear();
  }

  const std::vector<RunArguments>& runs_;
  TemporaryFolder folder_;
  std::vector<RunRecord> records_;
  std::vector<std::pair<pid_t, std::size_t>> processes_;
};

}  // namespace

std::vector<RunRecord> perform_in_children(const std::vector<RunArguments>& runs,
                                           const std::atomic<bool>& interrupted,
                                           const std::function<void(std::size_t done)>& progress) {
  return Children(runs).perform(interrupted, progress);
}

}  // namespace cairn::platform
