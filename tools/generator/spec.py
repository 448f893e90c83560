"""Read a TOML description strictly: every mistake is one sentence that names file, place and reason."""
import pathlib
import re
import tomllib


# Names that a description may not use, because they become identifiers.
CPP_KEYWORDS = frozenset("""alignas alignof and asm auto bool break case catch char class const constexpr continue default
    delete do double else enum explicit export extern false float for friend goto if inline int long mutable namespace new
    not operator or private protected public register requires return short signed sizeof static struct switch template
    this throw true try typedef typeid typename union unsigned using virtual void volatile while xor""".split())


class SpecError(Exception):
    """The description is wrong; the message is one clear sentence."""


class Table:
    """One TOML table. Each key must be asked for: finish() refuses the keys nobody knows."""

    def __init__(self, values: dict, path: pathlib.Path, place: str = ""):
        self.values, self.path, self.place = values, path, place
        self.known: set[str] = set()

    def error(self, text: str) -> SpecError:
        return SpecError(f"{self.path}: {self.place + ': ' if self.place else ''}{text}.")

    def _get(self, key: str, kind: type, what: str, default):
        self.known.add(key)
        if key not in self.values:
            if default is None:
                raise self.error(f"'{key}' is missing")
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.error(f"'{key}' must be {what}, not {value!r}")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._get(key, str, "text", default)
        if "\n" in value or "*/" in value:
            raise self.error(f"'{key}' must be one line without '*/'")
        return value.rstrip(".")

    def name(self, key: str = "name", pattern: str = r"[a-z][a-z0-9_]*") -> str:
        value = self._get(key, str, "a name", None)
        if not re.fullmatch(pattern, value):
            raise self.error(f"'{value}' is not a valid {key} (wanted: {pattern})")
        return value

    def integer(self, key: str, default: int | None = None, low: int = 0, high: int = 0xFFFF_FFFF) -> int:
        value = self._get(key, int, "an integer", default)
        if not low <= value <= high:
            raise self.error(f"'{key}' is {value:#x}, outside {low:#x}..{high:#x}")
        return value

    def choice(self, key: str, options, default: str | None = None) -> str:
        value = self._get(key, str, "text", default)
        if value not in options:
            raise self.error(f"unknown {key} '{value}', expected one of {', '.join(options)}")
        return value

    def array(self, key: str, default: list | None = None) -> list:
        return self._get(key, list, "an array", default)

    def table(self, key: str) -> "Table":
        return Table(self._get(key, dict, "a table", None), self.path, f"[{key}]")

    def tables(self, key: str, noun: str, default: list | None = None) -> list["Table"]:
        """An array of tables; each is called "<noun> <its name>" in messages, below this table's own place."""
        found = []
        for index, values in enumerate(self.array(key, default)):
            if not isinstance(values, dict):
                raise self.error(f"'{key}' must hold tables, not {values!r}")
            place = f"{noun} {values.get('name', f'number {index + 1} (without a name)')}"
            found.append(Table(values, self.path, f"{self.place}: {place}" if self.place else place))
        return found

    def has(self, key: str) -> bool:
        return key in self.values

    def finish(self) -> None:
        if unknown := sorted(set(self.values) - self.known):
            raise self.error(f"unknown key '{unknown[0]}', expected some of {', '.join(sorted(self.known))}")

    def unique(self, seen: dict[str, str], name: str, place: str = "") -> None:
        """Refuse a name (in any spelling) that `seen` holds; remember it otherwise."""
        if (key := name.lower().replace("_", "")) in seen:
            raise self.error(f"the name '{name}' is already taken" + (f" by {seen[key]}" if seen[key] != name else ""))
        seen[key] = place or name


def read(path: pathlib.Path) -> Table:
    try:
        return Table(tomllib.loads(path.read_text(encoding="utf-8")), path)
    except OSError as e:
        raise SpecError(f"{path}: cannot be read: {e.strerror}.") from e
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
        raise SpecError(f"{path}: not valid TOML: {e}.") from e


def camel(name: str) -> str:
    """dma_entry, DmaEntry -> DmaEntry."""
    return "".join(w[:1].upper() + w[1:] for w in name.split("_"))


def snake(name: str) -> str:
    """DmaEntry, dma_entry -> dma_entry."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def constant(name: str) -> str:
    """max_ports -> kMaxPorts."""
    return "k" + camel(name)
