"""The unit and the container file: what they promise stands in them, and systemd can read it."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec

import pytest

from fencang.app.exit_status import ExitStatus
from tests.docs.documents import ROOT, text_of

UNIT = "deploy/fencang.service"
CONTAINERFILE = "deploy/Containerfile"


# -------------------------------------------------------------------------------------- systemd


def unit():
    found = {}
    for line in text_of(UNIT).splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_systemd_reads_the_unit_without_a_word(tmp_path):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine; the unit's lines are checked below")
    path = tmp_path / "fencang.service"
    path.write_text(text_of(UNIT).replace("/opt/fencang/bin/fencang", sys.executable))
    done = subprocess.run([program, "verify", path], capture_output=True, text=True, check=False)
    if "Failed to" in done.stderr and done.returncode:
        pytest.skip(f"systemd-analyze cannot work here: {done.stderr.strip()}")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


HARDENED = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "UMask": "0077",
    "StateDirectory": "fencang",
    "StateDirectoryMode": "0700",
    "LimitCORE": "0",
    "User": "fencang",
}


def test_the_unit_is_hardened():
    lines = unit()
    assert {key: lines[key][-1] for key in HARDENED} == HARDENED
    assert int(lines["LimitNOFILE"][0]) >= 65_536


def test_the_unit_allows_what_kernels_need_and_promises_no_watchdog():
    assert "MemoryDenyWriteExecute" not in unit()
    assert "WatchdogSec" not in unit()
    assert unit()["Type"] == ["exec"]


def test_what_starting_again_does_not_mend_is_not_started_again():
    prevented = {int(number) for number in unit()["RestartPreventExitStatus"][0].split()}
    assert prevented == {
        ExitStatus.WRONG_USAGE,
        ExitStatus.FAULTY_INPUT,
        ExitStatus.JOURNAL_REFUSED,
    }


def test_the_unit_runs_as_the_user_that_is_made():
    (line,) = [
        line for line in text_of("deploy/fencang.sysusers.conf").splitlines() if line[0] != "#"
    ]
    kind, name, _, _, home, shell = shlex.split(line)
    assert (kind, [name], home) == ("u", unit()["User"], "/var/lib/fencang")
    assert shell.endswith("nologin")


# ------------------------------------------------------------------------------------ container


def instructions():
    """Return [(stage, instruction, arguments)] of the container file, continued lines joined."""
    text = re.sub(r"^#.*\n", "", text_of(CONTAINERFILE), flags=re.MULTILINE)
    text = re.sub(r"\\\n", " ", text)
    found, stage = [], -1
    for line in text.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            stage += word == "FROM"
            found.append((stage, word, rest.strip()))
    return found


def last_stage(word):
    final = max(stage for stage, _, _ in instructions())
    return [rest for stage, each, rest in instructions() if stage == final and each == word]


KNOWN = set(
    "ARG FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD".split()
)


def test_every_instruction_is_known_and_the_first_is_from():
    words = [word for _, word, _ in instructions()]
    assert set(words) <= KNOWN
    assert next(word for word in words if word != "ARG") == "FROM"
    assert len(last_stage("FROM")) == 1


def test_bases_are_named_by_an_argument_and_not_latest():
    assert {rest.split()[0] for _, word, rest in instructions() if word == "FROM"} == {"${BASE}"}
    ((_, _, base),) = [each for each in instructions() if each[1] == "ARG"]
    assert re.fullmatch(r"BASE=python:3\.1[1-4]-slim-\w+", base)


def test_the_container_runs_as_a_user_with_a_number_that_is_not_root():
    """A number, so that a host can see that it is not root (runAsNonRoot)."""
    words = [
        word for stage, word, _ in instructions() if stage == 1 and word in {"USER", "RUN", "COPY"}
    ]
    assert words[-1] == "USER", "nothing is done as another user after it"
    assert last_stage("USER") == ["10001:10001"]


def test_what_is_copied_exists_and_nothing_is_fetched_unchecked():
    for _, word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists(), source
        if word == "RUN":
            assert "curl" not in rest
            assert "wget" not in rest
            for install in re.findall(r"pip (?:install|download) [^&]*", rest):
                assert "--no-index" in install or "--require-hashes" in install


def test_commands_are_lists_so_that_signals_reach_the_program():
    (entry,), (arguments,) = last_stage("ENTRYPOINT"), last_stage("CMD")
    assert json.loads(entry) == ["fencang"]
    serve = json.loads(arguments)
    (started,) = unit()["ExecStart"]
    assert serve == shlex.split(started)[1:], "unit and container start the same"
    assert last_stage("STOPSIGNAL") == ["SIGTERM"]


def test_the_health_check_is_a_program_of_ours():
    (check,) = last_stage("HEALTHCHECK")
    options, _, command = check.partition("CMD ")
    program, flag, module, settings = json.loads(command)
    assert (program, flag) == ("python", "-m")
    assert find_spec(module) is not None
    assert settings in last_stage("CMD")[0]
    assert set(re.findall(r"--([a-z-]+)=", options)) == {
        "interval",
        "timeout",
        "start-period",
        "retries",
    }


def test_data_lies_in_the_volume_and_so_does_machine_code():
    ((volume,),) = [json.loads(each) for each in last_stage("VOLUME")]
    (environment,) = last_stage("ENV")
    assert f"NUMBA_CACHE_DIR={volume}/" in environment
    assert volume in last_stage("CMD")[0]


def test_no_secret_stands_in_a_file_of_deploy():
    for path in (ROOT / "deploy").iterdir():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?i)(password|secret|token|key)\s*=\s*[\"']?\w{8,}", text), path
