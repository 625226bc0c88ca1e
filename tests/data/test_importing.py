"""Files of others become datasets: checked entry by entry, under a name of their own, like any other dataset."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.components.datasets.imported import Imported
from zoo.data.importing import import_data
from zoo.data.opening import open_data
from zoo.data.tables import PropertyTable, read_table, write_table
from zoo.discovery import discovery
from zoo.recipes import resolve
from zoo.recipes.catalogue import read_catalogue
from zoo.reports.run import write_run_report
from zoo.runs.run import Options, run
from zoo.system.places import imported_folder

pytestmark = pytest.mark.usefixtures("toy", "_home")

ROWS = ["0 0.25 0.5 1", "1 1 1 1", "0.5 0.5 0.5 0.5", "0 0 0 0", "0.125 0 0 1"]


@pytest.fixture
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def write_rows(name: str = "my.rows", rows: list[str] | None = None) -> Path:
    path = Path(name)
    path.write_text("\n".join(rows or ROWS) + "\n")
    return path


def imported(name: str, **arguments: Any) -> Any:
    entry = read_catalogue(discovery(), Path.cwd()).lineage("datasets", name).definition[-1].body.plain()
    return open_data({key: entry[key] for key in ("use", "name", "checksum")} | arguments, quiet=True)


def problems(name: str, *files: Path, **options: Any) -> tuple[str, ...]:
    with pytest.raises(ZooError) as caught:
        import_data(name, files, quiet=True, **options)
    assert name not in read_catalogue(discovery(), Path.cwd()).names("datasets")
    return caught.value.problems


class TestImport:
    def test_entries_become_structures_in_their_order(self) -> None:
        done = import_data("mine", [write_rows(), write_rows("more.rows", ["1 0 0 0"])], quiet=True)
        data = imported("mine")
        expected = [[float(word) for word in row.split()] for row in [*ROWS, "1 0 0 0"]]
        np.testing.assert_array_equal(data.store.array(), np.array(expected, np.float32))
        np.testing.assert_array_equal(data.store.properties["first"], [row[0] for row in expected])
        assert (done.count, done.left_out) == (6, [])
        assert (data.card.title, data.card.edition, data.card.units) == ("mine", "own", {"first": "m", "last": ""})
        assert data.card.description == "Numbers. Imported from 2 files: 6 structures."

    def test_what_some_entries_lack_is_not_a_number(self) -> None:
        import_data("mine", [write_rows()], quiet=True)
        np.testing.assert_array_equal(imported("mine").store.properties["last"], [1, 1, 0.5, np.nan, 1])

    def test_names_are_kept_where_there_are_any(self) -> None:
        import_data("mine", [write_rows(), write_rows("more.rows", 300 * ["1 0 0 0"])], quiet=True)
        names = imported("mine").store.names
        assert names is not None
        assert names.tolist() == ["step", "", "", "", "step", *(300 * [""])]
        part = imported("mine", count=61).store.names
        assert part is not None
        assert part.tolist() == ["step", *(60 * [""])]
        import_data("plain", [Path("more.rows")], quiet=True)
        assert imported("plain").store.names is None

    def test_nothing_but_the_dataset_is_left(self) -> None:
        import_data("mine", [write_rows()], quiet=True)
        left = {path.name for path in imported_folder("mine").iterdir() if not path.name.startswith(".")}
        assert left == {"card.json", "registry.yaml", "structures.safetensors"}

    def test_a_folder_stands_for_its_files_that_are_recognised(self, tmp_path: Path) -> None:
        (tmp_path / "many").mkdir()
        for number, row in enumerate(ROWS):
            write_rows(f"many/{number}.rows", [row])
        write_rows("many/notes.txt")
        assert import_data("mine", [Path("many")], quiet=True).count == 5

    def test_an_importer_has_arguments(self) -> None:
        import_data("mine", [write_rows()], arguments={"scale": 0.5}, quiet=True)
        assert imported("mine").store.array().max() == 0.5

    def test_a_part_of_it_is_spread_over_all(self) -> None:
        rows = [f"{i / 100} 0 0 0" for i in range(100)]
        import_data("mine", [write_rows(rows=rows)], quiet=True)
        part = imported("mine", count=4)
        np.testing.assert_allclose(part.store.array()[:, 0], [0, 0.25, 0.5, 0.75])
        assert part.checksum != imported("mine").checksum
        assert len(imported("mine", count=1000).store) == 100

    def test_the_same_file_gives_the_same_bytes(self) -> None:
        for name in ("one", "two"):
            import_data(name, [write_rows()], quiet=True)
        assert imported("one").checksum == imported("two").checksum


class TestBadEntries:
    ROWS = ("0 1 0 1", "zero", "0 1 0", "2 0 0 0", "nan 0 0 0", "1 1 1 1")

    def test_each_is_named_with_file_and_number(self) -> None:
        assert problems("mine", write_rows(rows=list(self.ROWS))) == (
            "my.rows: entry 2: 'zero' is not a row.",
            "my.rows: entry 3: its shape is 3, expected 4.",
            "my.rows: entry 4: its values reach from 0 to 2, beyond 0 to 1.",
            "my.rows: entry 5: it holds NaN or infinities.",
            "4 of 6 entries are bad; --skip-bad leaves them out.",
        )

    def test_they_can_be_left_out(self) -> None:
        done = import_data("mine", [write_rows(rows=list(self.ROWS))], skip_bad=True, quiet=True)
        assert (done.count, len(done.left_out)) == (2, 4)
        assert "2 structures; 4 bad entries were left out." in imported("mine").card.description
        np.testing.assert_array_equal(imported("mine").store.array(), [[0, 1, 0, 1], [1, 1, 1, 1]])

    def test_a_file_may_end_badly(self) -> None:
        files = [write_rows("a.rows", ["0 0 0 1", "stop"]), write_rows("b.rows", ["1 0 0 0"]), Path("c.rows")]
        files[2].touch()
        bad = ("a.rows: after entry 1: it stops.", "c.rows: it has no entries.")
        assert problems("mine", *files)[:2] == bad
        assert import_data("mine", files, skip_bad=True, quiet=True).left_out == list(bad)

    def test_nothing_good_is_no_dataset(self) -> None:
        assert problems("mine", write_rows(rows=["a b", "c d"]), skip_bad=True) == (
            "my.rows: entry 1: 'a b' is not a row.",
            "my.rows: entry 2: 'c d' is not a row.",
        )

    def test_a_hundred_of_them_are_not_all_told(self) -> None:
        told = problems("mine", write_rows(rows=["0 0 0 0", *(100 * ["x"])]))
        assert len(told) == 22
        assert told[20:] == ("and 80 more.", "100 of 101 entries are bad; --skip-bad leaves them out.")

    def test_nothing_but_bad_bits(self) -> None:
        """In the first part of all and in the whole, where structures are bits."""
        cells = np.zeros((260, 3, 3, 3))
        np.save("cells.npy", cells)
        assert problems("mine", Path("cells.npy"))[0] == "cells.npy: entry 1: it is empty."
        cells[255:, 0] = 1
        np.save("cells.npy", cells)
        assert import_data("mine", [Path("cells.npy")], skip_bad=True, quiet=True).count == 5
        assert imported("mine").store.array().shape == (5, 3, 3, 3)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("metashell", "there is a dataset 'metashell' already; choose another name, or an edition of it"),
            ("mine@zoo", "the edition 'zoo' is the one that zoo makes itself"),
            ("../mine", "is not a name for a dataset"),
            ("mine/too", "is not a name for a dataset"),
            ("mInE", "up to 64 small letters"),
            ("a" * 65, "up to 64 small letters"),
            ("metatruss@published", "the edition 'published' is that of published files, which these are not"),
        ],
    )
    def test_those_that_cannot_be(self, name: str, words: str) -> None:
        with pytest.raises(ZooError, match=words):
            import_data(name, [write_rows()], quiet=True)

    def test_a_name_is_given_once(self) -> None:
        import_data("mine", [write_rows()], quiet=True)
        with pytest.raises(ZooError, match="there is a dataset 'mine' already; delete .*mine to import it anew"):
            import_data("mine", [write_rows()], quiet=True)

    def test_an_edition_is_part_of_a_name(self) -> None:
        import_data("metashell@lab", [write_rows()], quiet=True)
        assert imported("metashell@lab").card.edition == "lab"

    def test_data_that_are_not_there_are_told(self) -> None:
        import_data("mine", [write_rows()], quiet=True)
        with pytest.raises(ZooError, match="mine: other data than these were imported; their checksum is"):
            Imported("mine", "0123456789abcdef")
        with pytest.raises(ZooError, match="yours: its data are not on this machine: zoo data import yours FILES"):
            Imported("yours", "0123456789abcdef")


class TestFiles:
    def test_those_that_are_not_there(self) -> None:
        assert problems("mine", Path("a.rows"), write_rows(), Path("b.rows")) == (
            "a.rows: no such file.",
            "b.rows: no such file.",
        )

    def test_those_that_nobody_reads(self) -> None:
        [told] = problems("mine", write_rows("my.strange"))
        assert told.startswith("my.strange: no importer recognises it; there are some for")
        assert ".rows" in told

    def test_what_is_wrong_with_the_first_file(self) -> None:
        np.savez("two.npz", one=np.zeros(1), two=np.zeros(1))
        [told] = problems("mine", Path("two.npz"), importer="voxel-arrays")
        assert told == "two.npz: it holds one, two; expected one array, or one called 'structures'."

    def test_what_looks_right_and_is_not(self) -> None:
        """The only importer of such files says what is wrong; of several, each can be asked."""
        Path("bad.npz").write_text("no archive")
        [told] = problems("mine", Path("bad.npz"))
        assert "metatruss-published, voxel-arrays recognises it; with --as, one says what is wrong." in told
        [told] = problems("mine", Path("bad.npz"), importer="voxel-arrays")
        assert told.startswith("bad.npz: it is not a complete .npy or .npz file")
        np.save("flat.npy", np.zeros((1, 2, 3, 4)))
        told, *_ = problems("mine", Path("flat.npy"))
        assert told == "flat.npy: its cells are 2x3x4; a cell is a cube."

    def test_a_folder_without_any(self) -> None:
        Path("folder.rows").mkdir()
        [told] = problems("mine", Path("folder.rows"))
        assert told.startswith("folder.rows: no importer recognises it")
        [told] = problems("mine", write_rows(), Path("folder.rows"))
        assert told == "folder.rows: there is no file in it that RowText recognises."

    def test_an_importer_that_is_not_there(self) -> None:
        [told] = problems("mine", write_rows(), importer="row-texts")
        assert "Did you mean 'row-text'?" in told

    def test_an_argument_that_it_does_not_take(self) -> None:
        [told] = problems("mine", write_rows(), arguments={"scael": 2})
        assert told == "scael: row-text takes no 'scael'. Did you mean 'scale'?"


class TestTables:
    def test_columns_are_properties(self) -> None:
        Path("table.csv").write_text("modulus (GPa), s[0][0],s[0][1]\n" + "".join(f"{i},{2 * i},1\n" for i in range(5)))
        import_data("mine", [write_rows()], table=Path("table.csv"), quiet=True)
        data = imported("mine")
        np.testing.assert_array_equal(data.store.properties["modulus"], range(5))
        np.testing.assert_array_equal(data.store.properties["s"], [[[2 * i, 1]] for i in range(5)])
        assert data.card.units == {"first": "m", "last": "", "modulus": "GPa", "s": ""}

    def test_lines_stay_with_their_entries(self) -> None:
        Path("table.csv").write_text("i\n0\n1\n2\n")
        import_data("mine", [write_rows(rows=["0 1", "x", "1 1"])], table=Path("table.csv"), skip_bad=True, quiet=True)
        np.testing.assert_array_equal(imported("mine").store.properties["i"], [0, 2])

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("a,b\n1,2\n", "there are 1 lines of numbers, and 5 entries."),
            (
                "a,b\n1,two\n3\n4,nan\n",
                "line 2, b: 'two' is not a number.\n.*line 3 has 1 col.*\n.*b: nan is not",
            ),
            ("a,a\n1,2\n", "the column 'a' is there twice"),
            ("a[1]\n1\n", "do not make up a whole array"),
            ("a]\n1\n", "is not a name of a column"),
            ("a\n", "expected a line of names"),
        ],
    )
    def test_those_that_are_wrong(self, text: str, words: str) -> None:
        Path("table.csv").write_text(text)
        with pytest.raises(ZooError, match=words):
            import_data("mine", [write_rows()], table=Path("table.csv"), quiet=True)

    def test_what_is_written_is_read(self) -> None:
        values = {"a": np.float32([1 / 3, 1e-30]), "s": np.arange(12, dtype=np.float32).reshape(2, 2, 3) / 7}
        write_table(Path("table.csv"), PropertyTable(values, {"a": "GPa", "s": ""}))
        again = read_table(Path("table.csv"))
        assert again.units == {"a": "GPa", "s": ""}
        for name, array in values.items():
            np.testing.assert_array_equal(again.values[name], array)


class TestStopping:
    def test_it_goes_on_where_it_was_stopped(self) -> None:
        rows = 300 * ["0 0 0 1"]
        path = write_rows(rows=[*rows, "interrupt"])
        with pytest.raises(KeyboardInterrupt):
            import_data("mine", [path], quiet=True)
        [part] = imported_folder("mine").glob("part-*")
        before = part.stat().st_mtime_ns
        with pytest.raises(KeyboardInterrupt):
            import_data("mine", [path], quiet=True)
        assert part.stat().st_mtime_ns == before

    def test_another_file_begins_anew(self) -> None:
        with pytest.raises(KeyboardInterrupt):
            import_data("mine", [write_rows(rows=[*(300 * ["0 0 0 1"]), "interrupt"])], quiet=True)
        import_data("mine", [write_rows("other.rows")], quiet=True)
        assert len(imported("mine").store) == 5


class TestCommands:
    @staticmethod
    def zoo(*arguments: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["data", *arguments])
        assert done.exit_code == code, done.output
        return done.output

    def test_a_run_on_imported_data(self) -> None:
        assert "mine  5 structures, 0 entries left out" in self.zoo("import", "mine", str(write_rows()))
        done = run(resolve("toy-diffusion", "mine", size="tiny"), Options(), ["zoo"])
        provenance = json.loads(done.scores.read_text())["provenance"]
        assert (provenance["dataset"], provenance["dataset_items"]) == ("mine@own", 3)
        assert "mine" in write_run_report(done).read_text()

    def test_the_provenance_names_the_edition_once(self) -> None:
        self.zoo("import", "mine@lab", str(write_rows()))
        done = run(resolve("toy-diffusion", "mine@lab", size="tiny"), Options(), ["zoo"])
        assert json.loads(done.scores.read_text())["provenance"]["dataset"] == "mine@lab"

    def test_list_tells_what_is_there(self) -> None:
        self.zoo("import", "mine", str(write_rows()))
        self.zoo("build", "random-rows", "--set", "count=7")
        named, others = self.zoo("list").split("\n\n")
        rows = {line.split()[0]: line for line in named.splitlines()}
        assert rows["mine"].split()[1:4] == ["own", "5", str(imported_folder("mine"))]
        assert "not built yet" in rows["random-rows"]
        [_, other] = others.splitlines()
        assert other.split()[:3] == ["rows", "zoo", "7"]
        assert other.endswith("length=8, count=7")

    def test_info_counts_and_measures(self) -> None:
        self.zoo("import", "mine", str(write_rows(rows=[f"{i / 99} 0 0 1" for i in range(100)])))
        told = self.zoo("info", "mine")
        assert "80 to train on, 20 held out" in told
        [first] = [line for line in told.splitlines() if line.startswith("first")]
        assert first.split()[:7] == ["first", "m", "100", "0", "0.5", "1", "0.2916"]  # sqrt(101 / 99 / 12)

    def test_data_that_changed_on_the_disk_are_noticed(self) -> None:
        """One value among all: by who asks about them, and by a run before it trains."""
        self.zoo("import", "mine", str(write_rows()))
        path = imported_folder("mine") / "structures.safetensors"
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        done = CliRunner().invoke(app, ["data", "info", "mine"])
        assert "it is not as it was written; remove" in str(done.exception)
        with pytest.raises(ZooError, match="structures.safetensors: it is not as it was written"):
            run(resolve("toy-diffusion", "mine", size="paper"), Options(), ["zoo"])
        assert not list(Path("runs").rglob("*.safetensors"))

    def test_what_is_exported_can_be_imported(self) -> None:
        self.zoo("import", "mine", str(write_rows()))
        self.zoo("export", "mine", "-o", "mine.npz", "-n", "3", "--properties", "mine.csv")
        with np.load("mine.npz") as file:
            np.testing.assert_array_equal(file["structures"], imported("mine").store.array()[:3])
        np.testing.assert_array_equal(read_table(Path("mine.csv")).values["first"], [0, 1, 0.5])

    def test_a_format_that_nobody_writes(self) -> None:
        self.zoo("import", "mine", str(write_rows()))
        done = CliRunner().invoke(app, ["data", "export", "mine", "-o", "mine.doc"])
        assert isinstance(done.exception, ZooError)
        assert "unknown format '.doc'" in str(done.exception)

    def test_a_domain_without_pictures(self) -> None:
        self.zoo("import", "mine", str(write_rows()))
        done = CliRunner().invoke(app, ["data", "preview", "mine"])
        assert isinstance(done.exception, ZooError)
        assert not list(Path().glob("*.png"))
