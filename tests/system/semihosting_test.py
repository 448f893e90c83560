"""Semihosting: C programs of picolibc, and single calls, with their console, files, time and exit."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import program
from program import cairn

# One program for every test: its command line says what to do.
SOURCE = r"""
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern uintptr_t sys_semihost(uintptr_t operation, uintptr_t parameter);

static intptr_t call(int operation, const void* block) { return sys_semihost(operation, (uintptr_t)block); }
static int error(void) { return call(0x13, 0); }

static int open_as(const char* name, unsigned mode) {
  const uintptr_t block[] = {(uintptr_t)name, mode, strlen(name)};
  return call(0x01, block);
}
static int remove_file(const char* name) {
  const uintptr_t block[] = {(uintptr_t)name, strlen(name)};
  return call(0x0e, block);
}
static int rename_file(const char* from, const char* to) {
  const uintptr_t block[] = {(uintptr_t)from, strlen(from), (uintptr_t)to, strlen(to)};
  return call(0x0f, block);
}
static int on_handle(int operation, int handle) {
  const uintptr_t block[] = {handle};
  return call(operation, block);
}
static int move(int operation, int handle, const void* bytes, unsigned count) {
  const uintptr_t block[] = {handle, (uintptr_t)bytes, count};
  return call(operation, block);
}

static void files(void) {
  FILE* file = fopen("notes.txt", "w");
  fprintf(file, "%d bottles\n%s\n", 99, "of milk");
  fclose(file);
  file = fopen("notes.txt", "a");
  fputs("more\n", file);
  fclose(file);
  char line[32];
  file = fopen("notes.txt", "r");
  while (fgets(line, sizeof line, file)) printf("read: %s", line);
  fclose(file);
  if (fopen("absent.txt", "r") == NULL) printf("absent: errno %d\n", errno);
}

static void calls(void) {
  char text[64] = {0};
  const int handle = open_as("data.bin", 7);
  printf("handle above 2: %d, tty %d, console tty %d\n", handle > 2, on_handle(9, handle), on_handle(9, 1));
  printf("not written: %d\n", move(5, handle, "0123456789", 10));
  printf("length: %d\n", on_handle(0xc, handle));
  const uintptr_t at[] = {handle, 7};
  printf("seek: %d\n", (int)call(0xa, at));
  printf("not read: %d, %s\n", move(6, handle, text, 10), text);
  printf("at the end: %d\n", move(6, handle, text, 10));
  printf("close: %d, again: %d, errno %d\n", on_handle(2, handle), on_handle(2, handle), error());
  printf("rename: %d\n", rename_file("data.bin", "renamed.bin"));
  printf("remove: %d, again: %d, errno %d\n", remove_file("renamed.bin"), remove_file("renamed.bin"), error());
  const uintptr_t name[] = {(uintptr_t)text, 7, sizeof text};
  printf("name: %d, %s\n", (int)call(0xd, name), text);
  const int features = open_as(":semihosting-features", 0);
  memset(text, 0, sizeof text);
  printf("features: %d, %.4s, %d\n", move(6, features, text, 5), text, text[4]);
  printf("is error: %d %d\n", on_handle(8, -1), on_handle(8, 0));
  printf("bad buffer: %d, errno %d\n", move(6, open_as("notes.txt", 0), (void*)0x60000000, 5) != 0, error());
  printf("bad block: %d, errno %d\n", (int)call(1, (void*)0x60000000), error());
  printf("bad mode: %d, errno %d\n", open_as("x", 12), error());
  printf("unknown: %d, errno %d\n", (int)call(0x99, 0), error());
  call(4, "string\n");
  call(3, "c");
  call(3, "\n");
}

static void escape(const char* name) {
  for (unsigned mode = 0; mode < 12; ++mode)
    printf("open %d: %d, errno %d\n", mode, open_as(name, mode), error());
  printf("remove: %d, errno %d\n", remove_file(name), error());
  printf("rename: %d, errno %d\n", rename_file("mine.txt", name), error());
  printf("steal: %d, errno %d\n", rename_file(name, "mine.txt"), error());
}

static void times(void) {
  uint32_t ticks[2];
  printf("start: %d s\n", (int)call(0x11, 0));
  for (volatile int i = 0; i < 2000000; ++i) {
  }
  const int centiseconds = call(0x10, 0);
  call(0x30, ticks);
  printf("%d cs, %lu %lu of %d per second\n", centiseconds, (unsigned long)ticks[1], (unsigned long)ticks[0], (int)call(0x31, 0));
}

static void echo(void) {
  char line[64];
  FILE* console = fopen(":tt", "r");  // picolibc's stdin knows no end
  while (fgets(line, sizeof line, console)) printf("line: %s", line);
  char more[8];
  printf("at the end: %d not read, character %d\n", move(6, 0, more, 8), (int)call(7, 0));
}

int main(void) {
  char line[128];
  uintptr_t block[] = {(uintptr_t)line, sizeof line};
  if (call(0x15, block) != 0) return 100;
  if (strlen(line) != block[1]) return 101;
  const char* what = strchr(line, ' ');
  what = what ? what + 1 : "";
  if (!strcmp(what, "line")) printf("%s\n", line);
  if (!strcmp(what, "files")) files();
  if (!strcmp(what, "calls")) calls();
  if (!strncmp(what, "escape ", 7)) escape(what + 7);
  if (!strcmp(what, "times")) times();
  if (!strcmp(what, "echo")) echo();
  if (!strncmp(what, "exit ", 5)) exit(atoi(what + 5));
  if (!strcmp(what, "stop")) call(0x18, (void*)0x20026);
  if (!strcmp(what, "abort")) call(0x18, (void*)0x20023);
  return 0;
}
"""

LINK = {"__flash": 0x8000_0000, "__flash_size": 0x40_0000, "__ram": 0x8040_0000, "__ram_size": 0x40_0000, "__stack_size": 0x4000}


class SemihostingTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(holder.cleanup)
        cls.elf = pathlib.Path(holder.name) / "semihosted.elf"
        source = cls.elf.with_suffix(".c")
        source.write_text(SOURCE)
        subprocess.run(["riscv64-unknown-elf-gcc", "--specs=picolibc.specs", "--oslib=semihost", "--crt0=hosted", "-march=rv32imac",
                        "-mabi=ilp32", "-Os", *(f"-Wl,--defsym={name}={value:#x}" for name, value in LINK.items()), source, "-o",
                        cls.elf], check=True)

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.outside = pathlib.Path(holder.name)
        self.folder = self.outside / "inside"
        self.folder.mkdir()

    def boot(self, what: str, *more, status: int = 0, **options) -> str:
        """What the program printed."""
        options.setdefault("stdin", subprocess.DEVNULL) if "input" not in options else None
        result = cairn("boot", self.elf, "--semihosting", self.folder, "--semihosting-args", what, "--quiet", *more, **options)
        self.assertEqual(result.status, status, result.out + result.err)
        self.errors = result.err
        return result.out

    def on_qemu(self, what: str) -> str:
        done = subprocess.run(["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-display", "none", "-chardev", "stdio,id=out",
                               "-semihosting-config", f"enable=on,target=native,chardev=out,arg=semihosted.elf,arg={what}", "-kernel",
                               self.elf], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_files_of_the_c_library_lie_in_the_folder(self):
        text = self.boot("files")
        self.assertEqual(text, "read: 99 bottles\nread: of milk\nread: more\nabsent: errno 2\n")
        self.assertEqual((self.folder / "notes.txt").read_text(), "99 bottles\nof milk\nmore\n")
        self.assertEqual(text, self.on_qemu("files"))

    def test_every_call_answers_as_the_specification_says(self):
        (self.folder / "notes.txt").write_text("some text")
        self.assertEqual(self.boot("calls").splitlines(), [
            "handle above 2: 1, tty 0, console tty 1", "not written: 0", "length: 10", "seek: 0", "not read: 7, 789",
            "at the end: 10", "close: 0, again: -1, errno 9", "rename: 0", "remove: 0, again: -1, errno 2", "name: 0, tmp007",
            "features: 0, SHFB, 3", "is error: 1 0", "bad buffer: 1, errno 14", "bad block: -1, errno 14", "bad mode: -1, errno 22",
            "unknown: -1, errno 88", "string", "c"])

    def test_the_command_line_is_the_name_and_the_arguments(self):
        self.assertEqual(self.boot("line"), "semihosted.elf line\n")

    def test_nothing_outside_the_folder_is_reached(self):
        secret, target = self.outside / "secret.txt", self.outside / "new.txt"
        secret.write_text("secret")
        (self.folder / "link").symlink_to(secret)
        (self.folder / "up").symlink_to("..")
        (self.folder / "dangling").symlink_to("../new.txt")
        names = {str(secret): 13, "../secret.txt": 13, "up/secret.txt": 13, "x/../../secret.txt": 13, str(target): 13}
        for name, number in names.items():
            with self.subTest(name=name):
                (self.folder / "mine.txt").write_text("mine")
                lines = self.boot(f"escape {name}").splitlines()
                self.assertEqual(len(lines), 15)
                for line in lines:
                    self.assertRegex(line, rf"^\w+( \d+)?: -1, errno {number}$")
        for name in ("link", "dangling"):
            lines = self.boot(f"escape {name}").splitlines()
            for line in lines[:12]:
                self.assertRegex(line, r"^open \d+: -1, errno 13$")
        self.assertEqual(secret.read_text(), "secret")
        self.assertEqual(sorted(os.listdir(self.outside)), ["inside", "secret.txt"])

    def test_the_exit_code_of_the_program_is_the_run_s(self):
        self.boot("exit 0")
        self.boot("stop")
        self.boot("exit 7", status=1)
        self.assertIn("failure code 7", self.errors)
        self.boot("abort", status=1)
        self.assertIn("failure code 1", self.errors)

    def test_time_is_simulated_and_the_same_at_every_quantum(self):
        runs = []
        for quantum in (10_000, 300, 1_000_000):
            report = self.folder / f"{quantum}.json"
            text = self.boot("times", "--json", report, "--set", f"soc.cpu0.quantum_ns={quantum}")
            counts = json.loads(report.read_text())
            runs.append((text, counts["instructions"], counts["sim_seconds"]))
        self.assertEqual(runs.count(runs[0]), len(runs), runs)
        start, after = runs[0][0].splitlines()
        self.assertEqual(start, "start: 0 s")
        words = after.split()
        nanoseconds = int(words[2]) << 32 | int(words[3])
        self.assertEqual(int(words[0]), nanoseconds // 10_000_000)
        self.assertGreater(nanoseconds, 10_000_000)
        self.assertLess(nanoseconds, runs[0][2] * 1e9)
        self.assertEqual(words[-3], "1000000000")

    def test_the_console_is_read_by_line_up_to_its_end(self):
        text = self.boot("echo", input="first\nsecond\r\nlast\n")
        self.assertEqual(text, "line: first\nline: second\nline: \nline: last\nat the end: 8 not read, character -1\n")

    def test_the_console_is_wherever_the_serial_port_is(self):
        (self.folder / "in.txt").write_text("from a file\n")
        self.assertEqual(self.boot("echo", "--uart", f"file:{self.folder}/out.txt,{self.folder}/in.txt"), "")
        self.assertEqual((self.folder / "out.txt").read_text(), "line: from a file\nat the end: 8 not read, character -1\n")

    def test_without_the_option_the_call_is_a_breakpoint(self):
        result = cairn("boot", self.elf, stdin=subprocess.DEVNULL)
        self.assertEqual(result.status, 3)
        self.assertIn("breakpoint", result.err)

    def test_wrong_options_are_refused(self):
        for arguments, says in ((("--semihosting", "absent"), "absent: No such file"), (("--semihosting", self.elf), "Not a directory"),
                                (("--semihosting", ""), "write ."), (("--semihosting-args", "x"), "--semihosting DIR")):
            result = cairn("boot", self.elf, *arguments, stdin=subprocess.DEVNULL)
            self.assertEqual((result.status, result.out, len(result.err.splitlines())), (2, "", 1), result.err)
            self.assertIn(says, result.err)


if __name__ == "__main__":
    program.main(unittest)
