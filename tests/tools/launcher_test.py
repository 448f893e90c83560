"""The launcher ./cairn: what it installs, when it builds, what it passes on. Every tool it starts is a stand-in that logs."""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

LAUNCHER = pathlib.Path(__file__).resolve().parents[2] / "cairn"
PACKAGES = "[run]\ng++  # compiler\ncmake\n\n[test]\nlibgtest-dev\n"
PROGRAM = '#!/bin/sh\nprintf "ran in %s with" "$PWD"; printf " <%s>" "$@"; exit 7\n'

# Each stand-in logs its name and arguments; ninja builds the program and notices a second ninja beside it.
STAND_INS = {
    "dpkg-query": 'cat "$WORLD/installed"',
    "dpkg": "",
    "apt-get": 'case " $* " in *" -s "*) [ -f "$WORLD/lists" ] || exit 100 ;; *" update "*) touch "$WORLD/lists" ;; '
               '*) [ -f "$WORLD/lists" ] || exit 100; for p; do echo "installed $p" >> "$WORLD/installed"; done ;; esac',
    "sudo": 'exec "$@"',
    "ctest": "exit 8",
    "cmake": 'mkdir -p build/release && touch build/release/build.ninja && echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" > build/release/CMakeCache.txt',
    "ninja": 'mkdir "$WORLD/busy" || { echo "two builds at once"; exit 1; }; sleep "${BUILD_SECONDS:-0}"; rmdir "$WORLD/busy"; '
             'if [ -f "$WORLD/broken" ]; then echo "[1/2] Building a"; echo "FAILED: b.o"; echo "b.cpp:1: error: no"; exit 1; fi; '
             'cp "$WORLD/program" "$2/cairn"',
}


class LauncherTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.world = pathlib.Path(os.path.realpath(folder.name))
        self.root = self.world / "a folder with spaces"
        (self.root / "models").mkdir(parents=True)
        (self.root / "models" / "old.cpp").write_text("// Old.\n")
        (self.root / "CMakePresets.json").write_text("{}\n")
        (self.root / "packages.txt").write_text(PACKAGES)
        shutil.copy(LAUNCHER, self.root / "cairn")
        (self.world / "bin").mkdir()
        for name, body in STAND_INS.items():
            self.script(self.world / "bin" / name, f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> "$WORLD/log"\n{body}\n')
        self.script(self.world / "program", PROGRAM)
        (self.world / "installed").write_text("installed g++\ninstalled cmake\nhalf-configured libgtest-dev\n")
        (self.world / "lists").touch()

    @staticmethod
    def script(path: pathlib.Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        env = os.environ | {"PATH": f"{self.world}/bin:/usr/bin:/bin", "WORLD": str(self.world)} | environment
        env.pop("CAIRN_PRESET", None)
        return subprocess.Popen([self.root / "cairn", *arguments], cwd=self.world, env=env, text=True, start_new_session=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def cairn(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err

    def calls(self) -> list[str]:
        """What was started since the last look, without the arguments that hold paths."""
        log = self.world / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line.split()[0] for line in lines]

    def built(self) -> bool:
        self.assertEqual(self.cairn("run")[0], 7)
        return "ninja" in self.calls()

    def test_the_program_gets_its_arguments_and_folder_and_its_status_is_passed_on(self):
        status, out, err = self.cairn("run", "a b", "")
        self.assertEqual((status, out), (7, f"ran in {self.world} with <run> <a b> <>"))
        self.assertEqual(err, "cairn: configuring\ncairn: building\n")

    def test_nothing_is_started_but_the_program_while_nothing_changes(self):
        self.assertTrue(self.built())
        times = []
        for _ in range(3):
            start = time.monotonic()
            status, _, err = self.cairn("run")
            times.append(time.monotonic() - start)
            self.assertEqual((status, err, self.calls()), (7, "", []))
        self.assertLess(min(times), 0.2)

    def test_an_edited_an_added_and_a_deleted_file_are_seen(self):
        self.assertTrue(self.built())
        (self.root / "models" / "old.cpp").write_text("// Edited.\n")
        self.assertTrue(self.built())
        (self.root / "models" / "new.cpp").write_text("// Added.\n")
        self.assertTrue(self.built())
        (self.root / "models" / "old.cpp").unlink()
        self.assertTrue(self.built())
        self.assertFalse(self.built())

    def test_a_file_edited_during_the_build_is_built_by_the_next_start(self):
        process = self.start("run", BUILD_SECONDS="0.5")
        while not (self.world / "busy").exists():
            time.sleep(0.01)
        (self.root / "models" / "old.cpp").write_text("// Edited.\n")
        process.communicate(timeout=30)
        self.calls()
        self.assertTrue(self.built())

    def test_only_missing_packages_are_installed_and_in_one_call(self):
        (self.world / "installed").write_text("")
        self.cairn("run")
        calls = (self.world / "log").read_text().splitlines()
        installs = [line for line in calls if line.startswith("apt-get -q")]
        self.assertEqual(installs, ["apt-get -q -y install --no-install-recommends cmake g++"])

    def test_the_tests_packages_are_for_the_tests_only(self):
        self.cairn("run")
        self.assertNotIn("apt-get", self.calls())
        status, _, err = self.cairn("test", "-L", "unit")
        self.assertEqual(status, 8)
        self.assertIn("installing 1 Debian packages: libgtest-dev\n", err)
        self.assertIn("installed libgtest-dev", (self.world / "installed").read_text())

    def test_the_lists_are_fetched_where_there_are_none(self):
        (self.world / "installed").write_text("")
        (self.world / "lists").unlink()
        status, _, err = self.cairn("run")
        self.assertEqual(status, 7)
        self.assertIn("fetching the lists of packages", err)

    def test_a_failing_build_shows_the_compilers_words_and_is_tried_again(self):
        (self.world / "broken").touch()
        status, out, err = self.cairn("run")
        self.assertEqual((status, out), (125, ""))
        self.assertTrue(err.endswith("FAILED: b.o\nb.cpp:1: error: no\ncairn: building failed (status 1)\n"), err)
        (self.world / "broken").unlink()
        self.assertTrue(self.built())

    def test_a_failing_build_does_not_start_the_old_program(self):
        self.assertTrue(self.built())
        (self.world / "broken").touch()
        (self.root / "models" / "old.cpp").write_text("// Broken.\n")
        self.assertEqual(self.cairn("run")[:2], (125, ""))
        self.assertEqual(self.cairn("run")[:2], (125, ""))

    def test_two_launchers_take_turns(self):
        both = [self.start("run", BUILD_SECONDS="0.5") for _ in range(2)]
        ends = [p.communicate(timeout=30) for p in both]
        self.assertEqual([p.returncode for p in both], [7, 7], ends)
        self.assertEqual(self.calls().count("ninja"), 1)

    def test_an_interrupted_build_is_built_again(self):
        process = self.start("run", BUILD_SECONDS="5")
        while not (self.world / "busy").exists():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        (self.world / "busy").rmdir()
        self.calls()
        self.assertTrue(self.built())

    def test_a_moved_folder_is_built_anew(self):
        self.assertTrue(self.built())
        self.root = self.root.rename(self.world / "moved")
        status, _, err = self.cairn("run")
        self.assertEqual(status, 7)
        self.assertIn("this folder has moved", err)

    def test_configuring_for_the_tests_is_kept(self):
        self.cairn("test")
        self.assertIn("cmake", self.calls())
        (self.root / "models" / "old.cpp").write_text("// Edited.\n")
        self.cairn("run")
        self.assertNotIn("cmake", self.calls())

    def test_it_works_through_a_link(self):
        (self.world / "link").symlink_to(self.root / "cairn")
        done = subprocess.run([self.world / "link", "x"], cwd="/", capture_output=True, text=True,
                              env=os.environ | {"PATH": f"{self.world}/bin:/usr/bin:/bin", "WORLD": str(self.world)})
        self.assertEqual((done.returncode, done.stdout), (7, "ran in / with <x>"))


if __name__ == "__main__":
    unittest.main()
