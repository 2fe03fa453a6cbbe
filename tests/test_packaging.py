"""The built wheel works by itself: in a clean environment, from another folder, without the checkout."""

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, folder: Path, expected: int = 0) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == expected, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout + done.stderr


def link_requirements(wheel: Path, packages: Path) -> None:
    """Links what the wheel asks for, and what that asks for, from the tests' own environment: no network is needed."""
    (described,) = (name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".dist-info/METADATA"))
    own = metadata.PathDistribution(zipfile.Path(wheel, f"{Path(described).parent.name}/"))  # type: ignore[arg-type]
    waiting: list[tuple[metadata.Distribution, frozenset[str]]] = [(own, frozenset())]
    known = set[tuple[str, frozenset[str]]]()
    while waiting:
        distribution, extras = waiting.pop()
        for needed in map(Requirement, distribution.requires or ()):
            wanted = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in ("", *extras))
            key = needed.name, frozenset(needed.extras)
            if wanted and key not in known:
                known.add(key)
                waiting.append((metadata.distribution(needed.name), key[1]))
    for name in {name for name, _ in known}:
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(distribution.locate_file(top))))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, folder=folder)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_sql_the_catalogues_and_the_sample_blog(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "bot/store/migrations/0001_articles.sql" in names
    assert any(name.startswith("bot/locales/ko/") for name in names)
    assert any(name.startswith("bot/demo/articles/") for name in names)
    assert any(name.startswith("cogs/") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_the_wheel_runs_in_a_clean_environment_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """`herald --version` and `herald check` work with nothing but what the wheel asks for."""
    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment, folder=tmp_path)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    place = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=tmp_path)
    link_requirements(wheel, Path(place.strip()))
    run(programs / "python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel, folder=tmp_path)
    run(programs / "python", "-m", "pip", "check", folder=tmp_path)
    config = tmp_path / "config.toml"
    config.write_text((ROOT / "config.example.toml").read_text("utf-8"), "utf-8")

    version = run(programs / "herald", "--version", folder=tmp_path)
    report = run(programs / "herald", "check", "--offline", folder=tmp_path)
    missing = run(programs / "herald", "check", "--config", "nowhere.toml", folder=tmp_path, expected=2)

    assert version.startswith("herald ")
    assert "database: " in report
    assert "bad" not in report
    assert "copy config.example.toml" in missing
    assert "Traceback" not in report + missing
