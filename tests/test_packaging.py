"""The built wheel works by itself: in a clean environment, from another folder, without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

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
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel, folder=tmp_path)
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
