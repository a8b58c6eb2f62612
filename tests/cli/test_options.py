"""The settings that a command line adds up to."""

from pathlib import Path

from nodegraph import starter
from nodegraph.cli.options import settings_from


def test_the_command_line_offers_the_models_that_come_with_the_package(tmp_path: Path) -> None:
    settings = settings_from(tmp_path, models_dir=tmp_path / "elsewhere")
    assert settings.bundled_models_dir == str(starter.FOLDER)
    assert settings.models_dir == str(tmp_path / "elsewhere")
    assert settings_from(tmp_path, with_starter=False).bundled_models_dir is None
    assert (starter.FOLDER / "__init__.py").is_file()
