"""Every command explains itself, and a wrong word is answered with the nearest right one."""

import importlib.metadata

import click
import pytest

from aimsgraph.cli.main import COMMANDS
from aimsgraph.cli.main import cli as root
from aimsgraph.version import __version__


def walk(command, path):
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from walk(command.get_command(context, name), [*path, name])


ALL = list(walk(root, []))


def test_help_lists_every_command(cli):
    result = cli("--help", today=None)
    assert result.code == 0
    assert result.err == ""
    for name in COMMANDS:
        assert f"\n  {name} " in result.out
    assert "no legal advice" in result.out


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "aimsgraph" for path, _ in ALL])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_has_a_help_page_with_its_options(cli, path, command, flag):
    result = cli(*path, flag, today=None)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"Usage: aimsgraph {' '.join(path)}".rstrip())
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{path} {parameter.name} has no help"
            assert all(name in result.out for name in parameter.opts)
        else:
            assert parameter.make_metavar(click.Context(command)) in result.out
    assert command.help or path == []


def test_the_table_of_commands_names_what_the_commands_say(cli):
    for name, (_, _, line) in COMMANDS.items():
        assert line.endswith(".")
        assert root.get_command(click.Context(root), name) is not None


def test_the_version_is_the_packages(cli):
    result = cli("--version", today=None)
    assert (result.code, result.out) == (0, f"aimsgraph, version {__version__}\n")
    assert importlib.metadata.version("aimsgraph") == __version__


def test_no_command_is_wrong_usage_and_shows_the_help_on_stderr(cli):
    result = cli(today=None)
    assert (result.code, result.out) == (2, "")
    assert "Commands:" in result.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["resolv", "x"], "Did you mean 'resolve'?"),
        (["dutys"], "Did you mean 'duties'?"),
        (["zzz"], "No such command 'zzz'."),
        (["data", "chek"], "No such command 'chek'."),
        (["duties", "--rolle", "provider"], "--role"),
        (["--stor", "x", "frameworks"], "--store"),
        (["frameworks", "--format", "jsno"], "'json'"),
        (["frameworks", "extra"], "unexpected extra argument"),
        (["resolve"], "Missing argument"),
        (["search", "--limit", "0", "x"], "--limit"),
        (["query", "cq-001", "--timeout", "0"], "--timeout"),
    ],
)
def test_a_misspelt_word_is_wrong_usage_and_names_the_right_one(cli, arguments, says):
    result = cli(*arguments)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
