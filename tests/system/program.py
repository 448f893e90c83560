"""The built program as a user runs it: one call, its exit status and what it printed."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "networks/fashion/fashion.onnx"
PROGRAM = None  # set by main()


class Result:
    def __init__(self, done):
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr


def cairn(*arguments, **options) -> Result:
    return Result(subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=100, **options))


def firmware(name: str) -> pathlib.Path:
    """The built application of firmware/apps."""
    return PROGRAM.parent / f"firmware/{name}.elf"


def main(unittest):
    """usage of every test file here: FILE_test.py CAIRN_PROGRAM"""
    global PROGRAM
    PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve()
    unittest.main(module="__main__")
