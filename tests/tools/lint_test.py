"""lint.py reports each kind of violation with file and line, and nothing else."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LINT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "lint.py"
OK = "// A file.\n#pragma once\n"


class LintTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def lint(self, files: dict[str, str]) -> list[str]:
        """The lines that lint.py prints for a repository of these files."""
        for name, text in files.items():
            path = pathlib.Path(self.folder.name, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run([sys.executable, LINT, self.folder.name], capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.returncode, 1 if done.stdout else 0)
        return done.stdout.splitlines()

    def test_a_clean_tree_is_silent(self):
        self.assertEqual(self.lint({
            "models/kit/irq.hpp": OK + "#include <systemc>\n",
            "models/dma/dma.toml": "[block]\n",
            "models/dma/dma.hpp": OK + '#include "dma_regs.hpp"\n#include "job_format.hpp"\n#include "models/kit/irq.hpp"\n',
            "models/dma/dma.cpp": '#include "models/dma/dma.hpp"\n',
            "models/npu/mapping.hpp": OK,
            "models/npu/cores/ms/core.hpp": OK + '#include "models/npu/mapping.hpp"\n',
            "compiler/job.hpp": OK + '#include "models/npu/cores/ms/core.hpp"\n#include "models/npu/mapping.hpp"\n',
            "platform/soc.hpp": OK + '#include "compiler/job.hpp"\n#include "models/dma/dma.hpp"\n',
            "firmware/dma.h": OK + '#include "dma_regs.h"\n#include "firmware/hal.h"\n',
            "firmware/hal.h": OK,
            "tests/a_test.cpp": '// Test.\n#include "platform/soc.hpp"\n#include "models/dma/dma.hpp"\n',
        }), [])

    def test_a_block_may_not_include_another_block(self):
        self.assertEqual(self.lint({"models/uart/uart.hpp": OK + '#include "models/plic/plic.hpp"\n'}),
                         ["models/uart/uart.hpp:3: models/ may not include models/plic/plic.hpp"])

    def test_a_block_may_not_include_the_registers_of_another_block(self):
        self.assertEqual(self.lint({"models/uart/uart.hpp": OK + '#include "plic_regs.hpp"\n', "models/plic/plic.toml": "[block]\n"}),
                         ["models/uart/uart.hpp:3: models/ may not include plic_regs.hpp"])

    def test_the_kit_may_not_include_a_block(self):
        self.assertEqual(self.lint({"models/kit/irq.hpp": OK + '#include "models/plic/plic.hpp"\n'}),
                         ["models/kit/irq.hpp:3: models/kit/ may not include models/plic/plic.hpp"])

    def test_a_core_may_not_include_another_core_or_the_kit(self):
        text = OK + '#include "models/npu/cores/ec/core.hpp"\n#include "models/kit/irq.hpp"\n'
        self.assertEqual(self.lint({"models/npu/cores/ms/core.hpp": text}), [
            "models/npu/cores/ms/core.hpp:3: models/npu/cores/ may not include models/npu/cores/ec/core.hpp",
            "models/npu/cores/ms/core.hpp:4: models/npu/cores/ may not include models/kit/irq.hpp"])

    def test_the_compiler_may_not_include_systemc(self):
        for header in ("systemc", "tlm", "tlm_utils/simple_target_socket.h", "sysc/kernel/sc_time.h"):
            with self.subTest(header):
                self.assertEqual(self.lint({"compiler/job.hpp": OK + f"#include <{header}>\n"}),
                                 [f"compiler/job.hpp:3: compiler/ must not use SystemC, but includes {header}"])

    def test_the_compiler_may_not_reach_systemc_through_another_header(self):
        self.assertEqual(self.lint({
            "compiler/job.hpp": OK + '#include "models/npu/core.hpp"\n',
            "models/npu/core.hpp": OK + '#include "models/npu/time.hpp"\n',
            "models/npu/time.hpp": OK + "#include <systemc>\n",
        }), ["compiler/job.hpp:3: compiler/ must not use SystemC, but reaches it through "
             "models/npu/core.hpp -> models/npu/time.hpp -> systemc"])

    def test_the_numbers_are_plain(self):
        self.assertEqual(self.lint({"models/npu/numbers/layer.hpp": OK + "#include <tlm>\n"}),
                         ["models/npu/numbers/layer.hpp:3: models/npu/numbers/ must not use SystemC, but includes tlm"])

    def test_the_firmware_sees_generated_headers_and_itself_only(self):
        self.assertEqual(self.lint({"firmware/dma.h": OK + '#include "models/dma/dma.hpp"\n'}),
                         ["firmware/dma.h:3: firmware/ may not include models/dma/dma.hpp"])

    def test_an_include_without_folder_must_be_generated(self):
        self.assertEqual(self.lint({"models/dma/dma.hpp": OK + '#include "irq.hpp"\n'}),
                         ["models/dma/dma.hpp:3: irq.hpp is neither a path from the repository's root nor a generated header"])

    def test_a_file_must_begin_with_a_comment(self):
        reason = ":1: does not begin with a comment that says what the file is"
        self.assertEqual(self.lint({"models/dma/dma.hpp": "#pragma once\n", "tools/a.py": "import os\n", "models/dma/x.cpp": ""}),
                         ["models/dma/dma.hpp" + reason, "models/dma/x.cpp" + reason, "tools/a.py" + reason])

    def test_a_long_file_is_reported(self):
        self.assertEqual(self.lint({"models/dma/dma.cpp": "// DMA.\n" + "\n" * 400}),
                         ["models/dma/dma.cpp:401: has 401 lines; at most 400 are allowed"])

    def test_other_house_rules(self):
        self.assertEqual(self.lint({"models/dma/bus_util.hpp": "// A.\n#include <systemc.h>\nint a;  // TO" "DO\n"}), [
            "models/dma/bus_util.hpp:1: 'util' in a file's name says nothing about what is in it",
            "models/dma/bus_util.hpp:1: has no '#pragma once'",
            "models/dma/bus_util.hpp:2: includes systemc.h, which opens its namespaces; include <systemc>",
            "models/dma/bus_util.hpp:3: leaves a TO" "DO behind"])


if __name__ == "__main__":
    unittest.main()
