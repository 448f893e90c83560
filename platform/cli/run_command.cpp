// cairn run and cairn boot.
#include <fmt/format.h>

#include <memory>

#include "models/kit/input_error.hpp"
#include "platform/cli/commands.hpp"
#include "platform/cli/sim_time.hpp"

namespace cairn::platform {

namespace {

/// What the parser fills in: texts that need more than CLI11's conversions are kept beside the
/// options.
struct Parsed {
  RunOptions options;
  std::uint32_t count = 0;
  std::string timeout, uart, gdb, log_from, log_to;
  bool no_check = false;
};

/// What the program's execution leaves behind.
void add_recording(CLI::App& command, Parsed& parsed) {
  RunOptions& o = parsed.options;
  command
      .add_option("--profile", o.profile,
                  "Function profile of cpu0 for callgrind_annotate or KCachegrind, and as a table")
      ->type_name("FILE");
  CLI::Option* const log =
      command
          .add_option("--log-instructions", o.log_instructions,
                      "Every instruction of cpu0 in Spike's commit-log format; - is the standard "
                      "error, a name in .gz is compressed")
          ->type_name("FILE");
  command.add_option("--log-from", parsed.log_from, "Log from this simulated time on")
      ->type_name("SIMTIME")
      ->needs(log);
  command.add_option("--log-to", parsed.log_to, "Log up to this simulated time")
      ->type_name("SIMTIME")
      ->needs(log);
  command
      .add_option("--log-function", o.log_function,
                  "Log only from the entry of this function to its return, with all that it calls")
      ->type_name("NAME")
      ->needs(log);
}

/// Options that both commands understand.
void add_simulation(CLI::App& command, Parsed& parsed) {
  RunOptions& o = parsed.options;
  add_configuration(command, o);
  command.add_option("--vcd", o.vcd, "Waves for GTKWave: writes FILE and FILE.gtkw")
      ->type_name("FILE");
  command.add_option("--json", o.json, "Everything about the run as JSON")->type_name("FILE");
  add_recording(command, parsed);
  command
      .add_option("--timeout", parsed.timeout,
                  "Stop after this much simulated time, for example 20ms")
      ->type_name("SIMTIME");
  command
      .add_option("--uart", parsed.uart,
                  "Serial port: stdio, pty, tcp:PORT[,wait], file:OUT[,IN] or none")
      ->type_name("WHERE");
  command
      .add_option("--semihosting", o.semihosting,
                  "Serve RISC-V semihosting calls; their files lie below DIR and nowhere else")
      ->type_name("DIR");
  command
      .add_option("--semihosting-args", o.semihosting_args,
                  "Command line of the program after its name, one text")
      ->type_name("TEXT");
  command
      .add_option(
          "--gdb", parsed.gdb,
          "Serve a debugger on this port of 127.0.0.1 (0: any free one). With ,wait nothing "
          "is executed before it says so; wait alone is 1234,wait")
      ->type_name("PORT[,wait]");
  command.add_flag("--quiet", o.quiet, "Print nothing but failures");
}

RunOptions options_of(const Parsed& parsed, const CLI::App& command) {
  RunOptions options = parsed.options;
  if (command.get_option_no_throw("--count") != nullptr && command.count("--count") != 0)
    options.count = parsed.count;
  if (!parsed.timeout.empty()) options.timeout_ps = parse_sim_time(parsed.timeout);
  if (command.count("--uart") != 0) options.uart = parse_uart_option(parsed.uart);
  if (command.count("--semihosting") != 0 && options.semihosting.empty())
    throw InputError("--semihosting: the folder has no name; write . for this one.");
  if (command.count("--semihosting-args") != 0 && options.semihosting.empty())
    throw InputError(
        "--semihosting-args: the program gets them by semihosting: add --semihosting DIR.");
  if (!parsed.gdb.empty()) options.gdb = gdb::parse_options(parsed.gdb);
  if (!parsed.log_from.empty()) options.log_from_ps = parse_sim_time(parsed.log_from, "--log-from");
  if (!parsed.log_to.empty()) options.log_to_ps = parse_sim_time(parsed.log_to, "--log-to");
  options.check = !parsed.no_check;
  return options;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command =
      app.add_subcommand("run", "Run a network on the simulated SoC, driven by the real firmware");
  const auto parsed = std::make_shared<Parsed>();
  RunOptions& o = parsed->options;
  command
      ->add_option(
          "NETWORK", o.network,
          "Name of a shipped network (see: cairn networks), a model file (.onnx) or a job (.job)")
      ->required()
      ->type_name("");
  command
      ->add_option("--count", parsed->count,
                   "Inputs to process; the network's own number by default")
      ->check(CLI::Range(1u, UINT32_MAX).description(""))
      ->type_name("N");
  command->add_option("--input", o.input, "Inputs: .npy, IDX (also .gz), .png, .bmp or .ppm")
      ->type_name("FILE");
  command
      ->add_option("--labels", o.labels, "Class of each input, for the accuracy: IDX, .npy or .txt")
      ->type_name("FILE");
  command
      ->add_option("--outputs", o.outputs,
                   "Write the network's raw integer outputs, one row per input")
      ->type_name("FILE.npy");
  command
      ->add_option("--seed", o.seed,
                   "Seed of random inputs, where there are no data, and of a chip's variation and "
                   "noise in physical mode")
      ->type_name("S")
      ->capture_default_str();
  command
      ->add_option("--mode", o.mode,
                   "Arithmetic of the core: exact, or physical (ADC, variation and noise)")
      ->check(CLI::IsMember({"exact", "physical"}))
      ->type_name("MODE")
      ->capture_default_str();
  command
      ->add_option("--schedule", o.schedule,
                   "How the core keeps and moves features (`cairn cores` lists them); without it "
                   "the network's own, else the core's first")
      ->type_name("NAME");
  command->add_flag("--no-check", parsed->no_check,
                    "Do not compare the outputs with the reference kernels (faster)");
  command->add_option("--firmware", o.firmware, "Boot this program instead of the inference driver")
      ->type_name("FILE.elf");
  add_simulation(*command, *parsed);
  command->footer(
      "Examples:\n"
      "  cairn run fashion                                 100 test images, checked bit for bit\n"
      "  cairn run fashion --count 10000 --no-check        the whole test set, as fast as "
      "possible\n"
      "  cairn run fashion --vcd run.vcd --count 1         waves: gtkwave run.vcd.gtkw\n"
      "  cairn run model.onnx --input images.npy --outputs logits.npy\n"
      "  cairn run fashion --set soc.dram.bytes_per_second=3.2G --json slow.json\n");
  command->callback([command, parsed, &action] {
    action = [command, parsed](SessionContext& context) {
      return run_network(options_of(*parsed, *command), context);
    };
  });
}

void add_boot(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand(
      "boot", "Boot any bare-metal RV32 program; its serial port is the terminal");
  const auto parsed = std::make_shared<Parsed>();
  command
      ->add_option("FILE.elf", parsed->options.program,
                   "The program, linked for the memory map (see: cairn map)")
      ->required()
      ->type_name("");
  add_simulation(*command, *parsed);
  RunOptions& o = parsed->options;
  command
      ->add_option("--signature", o.signature,
                   "Write the memory from begin_signature to end_signature when the program ends")
      ->type_name("FILE");
  command
      ->add_option("--signature-granularity", o.signature_granularity,
                   "Bytes in a line of the signature")
      ->check(CLI::IsMember({4, 8, 16}))
      ->type_name("N")
      ->capture_default_str();
  command->footer(
      "A program with a symbol `tohost` ends by a store to it: 1 is success, another odd value n\n"
      "the failure (n >> 1).\n\n"
      "Examples:\n"
      "  cairn boot hello.elf\n"
      "  cairn boot rv32ui-p-add.elf --signature add.signature\n"
      "  cairn boot hello.elf --timeout 10ms --vcd hello.vcd\n"
      "  cairn boot shell.elf                              at a terminal: Ctrl-a x ends, Ctrl-a h "
      "helps\n"
      "  cairn boot shell.elf --uart tcp:5555,wait         then: nc localhost 5555\n"
      "  cairn boot shell.elf --uart file:out.txt,in.txt   the same bytes at the same time, every "
      "run\n"
      "  cairn boot tests.elf --semihosting results        fopen() of the program opens "
      "results/...\n"
      "  cairn boot hello.elf --gdb wait                   then in another terminal:\n"
      "                                                    gdb-multiarch hello.elf -ex 'target "
      "remote :1234'\n"
      "More: docs/console.md, docs/semihosting.md, docs/debugging.md\n");
  command->callback([command, parsed, &action] {
    action = [command, parsed](SessionContext& context) {
      return boot_program(options_of(*parsed, *command), context);
    };
  });
}

}  // namespace cairn::platform
