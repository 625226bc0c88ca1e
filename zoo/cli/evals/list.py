"""`zoo evals list`: suites by name."""

from zoo.cli.support.options import RESULTS, Results
from zoo.cli.support.tables import print_table


def list_suites(results: Results = RESULTS) -> None:
    """List the suites with their datasets, sizes and seeds, and how many of their runs have results."""
    from zoo.evals.results import found_results, read_result
    from zoo.evals.suites import read_suite, suite_files

    rows = []
    for name, path in suite_files().items():
        suite = read_suite(path)
        runs = len(suite.rows) * len(suite.head.datasets) * len(suite.head.seeds)
        counts = {file.size: len(file.entries) for file in map(read_result, found_results(results, name))}
        measured = ", ".join(f"{size}: {count} of {runs}" for size, count in counts.items())
        head = suite.head
        rows.append((name, str(head.version), ", ".join(head.datasets), ", ".join(head.sizes), measured, head.summary))
    print_table(("suite", "version", "datasets", "sizes", "runs measured", "summary"), rows)
