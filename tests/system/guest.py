"""Guest programs for the system tests: sources in tests/system/guests, built by the cross compiler."""
import pathlib
import subprocess

import program

GUESTS = pathlib.Path(__file__).resolve().parent / "guests"
COMPILER = ["riscv64-unknown-elf-gcc", "-march=rv32imac_zicsr_zifencei", "-mabi=ilp32", "-O2", "-g", "-ffreestanding",
            "-nostdlib", "-nostartfiles", "-static", "-fno-pic", "-mcmodel=medany", "-Wall", "-Werror"]


def build(folder: pathlib.Path, source: str, *flags: str, name: str = "") -> pathlib.Path:
    """Compiles guests/SOURCE with guests/bare.ld, the layout of a program at the start of DRAM."""
    out = folder / f"{name or pathlib.Path(source).stem}.elf"
    command = [*COMPILER, *flags, "-I", str(GUESTS), "-T", str(GUESTS / "bare.ld"), "-Wl,--build-id=none,--no-warn-rwx-segments",
               "-o", str(out), str(GUESTS / source), "-lgcc"]
    subprocess.run(command, check=True)
    return out


def build_with_firmware(folder: pathlib.Path, source: str, *flags: str) -> pathlib.Path:
    """Compiles guests/SOURCE with the start code, trap handler and drivers of firmware/."""
    out = folder / f"{pathlib.Path(source).stem}.elf"
    generated = program.PROGRAM.parent / "generated"
    boot = program.ROOT / "firmware/boot"
    sources = [GUESTS / source, *sorted(boot.glob("*.c")), boot / "start.S"]
    command = [*COMPILER, *flags, "-I", str(program.ROOT), "-I", str(generated), "-T", str(boot / "link.ld"), "-L", str(generated),
               "-Wl,--build-id=none,--no-warn-rwx-segments", "-o", str(out), *map(str, sources),
               str(program.PROGRAM.parent / "firmware/libdrivers.a"), "-lgcc"]
    subprocess.run(command, check=True)
    return out


def run_on_qemu(elf: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
    """The same ELF on QEMU's virt board: machine mode, RV32IMAC. Its standard output is the UART."""
    cpu = "rv32,f=false,d=false,s=false,h=false,zba=false,zbb=false,zbc=false,zbs=false"
    command = ["qemu-system-riscv32", "-M", "virt", "-bios", "none", "-nographic", "-monitor", "none", "-serial", "stdio", "-cpu", cpu,
               "-kernel", str(elf), *arguments]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
