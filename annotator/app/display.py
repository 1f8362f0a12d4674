"""Whether a window can be shown here: the system libraries that Qt needs, and a display that answers.

Nothing of Qt is imported, so that what is missing is told in a sentence instead of a loader's error.
Only Linux and its like are looked at: on macOS and Windows the wheel of PySide6 brings all it needs.
"""

import ctypes
import importlib.util
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from annotator.core.words import tr

PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libICE.so.6": "libice6",
    "libOpenGL.so.0": "libopengl0",
    "libSM.so.6": "libsm6",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXau.so.6": "libxau6",
    "libXdmcp.so.6": "libxdmcp6",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libwayland-server.so.0": "libwayland-server0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinerama.so.0": "libxcb-xinerama0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Shared objects that Qt 6 loads from the system, and the Debian packages that hold them."""

_OFF_SCREEN = ("offscreen", "minimal")
_MODULES = ("QtCore", "QtGui", "QtWidgets", "QtSvg")
# glibc: "libEGL.so.1 => not found"; musl: "Error loading shared library libEGL.so.1: ..."
_NOT_FOUND = re.compile(r"^\s*(\S+) => not found|Error loading shared library ([^\s:]+)", re.MULTILINE)
_DISPLAY = re.compile(r"(?:\w+/)?(?P<host>[^/]*):(?P<number>\d+)(?:\.\d+)?")
_LOADER_ERROR = re.compile(r"(\S+?\.so[.\d]*): cannot open shared object file")


def missing_libraries(platform: str) -> list[str]:
    """Names of the shared objects that Qt cannot load from this system, sorted.

    Args:
        platform: Qt's platform plugin that is to be used, such as "offscreen", "xcb" or "wayland".

    Returns:
        Names such as "libEGL.so.1"; empty when nothing is missing or the system is not Linux.

    Raises:
        ModuleNotFoundError: PySide6 is not installed.
    """
    specification = importlib.util.find_spec("PySide6")
    if specification is None or specification.origin is None:
        raise ModuleNotFoundError("No module named 'PySide6'", name="PySide6")
    if not sys.platform.startswith("linux"):
        return []
    return _missing_from(_qt_files(Path(specification.origin).parent, platform))


def debian_packages(libraries: Iterable[str]) -> list[str]:
    """The Debian packages that hold `libraries`, sorted; a library not in `PACKAGES` has none."""
    return sorted({PACKAGES[library] for library in libraries if library in PACKAGES})


def library_problem(platforms: Sequence[str]) -> str | None:
    """One sentence about what to install so that Qt can start; None when it can.

    Args:
        platforms: Qt's platform plugins in the order in which it tries them. One that can be loaded is
            enough; the sentence is about the first.
    """
    try:
        missing = [missing_libraries(platform) for platform in platforms]
    except ModuleNotFoundError:
        return tr("Qt is not installed in this Python: install annotator with its dependencies.")
    if not missing or not all(missing):
        return None
    libraries = missing[0]
    unknown = [library for library in libraries if library not in PACKAGES]
    packages = debian_packages(libraries)
    if not packages:
        return tr(
            "Qt cannot start because this system lacks {libraries}: install the packages that hold them.",
            libraries=", ".join(unknown),
        )
    if unknown:
        return tr(
            "Qt cannot start because this system lacks libraries: as root run apt-get install {packages}, "
            "and install what holds {libraries}.",
            packages=" ".join(packages),
            libraries=", ".join(unknown),
        )
    return tr(
        "Qt cannot start because this system lacks libraries: as root run apt-get install {packages}.",
        packages=" ".join(packages),
    )


def display_problem(env: Mapping[str, str]) -> str | None:
    """One sentence about why no window can be shown to a person; None when one can.

    Args:
        env: Environment variables; DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR and QT_QPA_PLATFORM are read.
    """
    if platforms_for(env) != ["offscreen"]:
        return None
    if named := [platform for platform in _named_platforms(env) if platform in _OFF_SCREEN]:
        return tr("QT_QPA_PLATFORM={platform} shows no window.", platform=named[0])
    if display := env.get("DISPLAY"):
        return tr("The X server named by DISPLAY={display} does not answer.", display=display)
    if display := env.get("WAYLAND_DISPLAY"):
        return tr("The Wayland display {display} does not answer.", display=display)
    return tr("There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.")


def platforms_for(env: Mapping[str, str]) -> list[str]:
    """Qt's platform plugins that can show a window in `env`, in the order in which Qt tries them.

    Returns:
        `["offscreen"]` where no window can be shown to a person.
    """
    named = _named_platforms(env)
    if not sys.platform.startswith("linux"):
        return named or [{"darwin": "cocoa", "win32": "windows"}.get(sys.platform, "xcb")]
    usable = []
    for platform in named or ["wayland", "xcb"]:
        if platform in _OFF_SCREEN:
            break
        if platform == "wayland":
            answers = _wayland_answers(env)
        elif platform == "xcb":
            answers = _x_server_answers(env)
        else:
            answers = True
        if answers:
            usable.append(platform)
    return usable or ["offscreen"]


def _named_platforms(env: Mapping[str, str]) -> list[str]:
    """The plugins that QT_QPA_PLATFORM names, such as `["wayland", "xcb"]`; empty when Qt may choose."""
    named = env.get("QT_QPA_PLATFORM", "").split(";")
    return [re.split("[:-]", platform, maxsplit=1)[0] for platform in named if platform]


def _qt_files(package: Path, platform: str) -> list[Path]:
    """The files of PySide6 in `package` that a window on `platform` loads first."""
    modules = [found for name in _MODULES for found in package.glob(f"{name}.*so")]
    plugins = sorted((package / "Qt" / "plugins" / "platforms").glob(f"libq{platform}.so"))
    return [*modules, *plugins]


def _missing_from(files: Sequence[Path]) -> list[str]:
    """Shared objects that `files`, or anything they load, ask for and the system does not have."""
    if not files:
        return []
    try:
        answer = subprocess.run(
            ["ldd", *(str(file) for file in files)], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return _missing_one_by_one(files)
    found = _NOT_FOUND.findall(answer.stdout + answer.stderr)
    return sorted({glibc or musl for glibc, musl in found})


def _missing_one_by_one(files: Iterable[Path]) -> list[str]:
    """As `_missing_from`, without ldd: the loader names only the first missing library of each file."""
    missing = set()
    for file in files:
        try:
            ctypes.CDLL(str(file))
        except OSError as error:
            named = _LOADER_ERROR.match(str(error))
            if named:
                missing.add(named.group(1))
    return sorted(missing)


def _x_server_answers(env: Mapping[str, str]) -> bool:
    """Whether something listens where DISPLAY says, `host:number` or `:number`.

    No word of X is spoken: a server without clients starts afresh when its last one goes, and would turn away
    the window that comes next.
    """
    named = _DISPLAY.fullmatch(env.get("DISPLAY", ""))
    if named is None:
        return False
    host, number = named["host"], int(named["number"])
    if host not in ("", "unix"):
        try:
            socket.create_connection((host.strip("[]"), 6000 + number), timeout=5).close()
        except (OSError, OverflowError):
            return False
        return True
    # Where servers of X listen on every system; the protocol's libraries know no other place.
    path = f"/tmp/.X11-unix/X{number}"
    return _listens("\0" + path) or _listens(path)


def _wayland_answers(env: Mapping[str, str]) -> bool:
    """Whether something listens on WAYLAND_DISPLAY, a path or a name inside XDG_RUNTIME_DIR."""
    display = env.get("WAYLAND_DISPLAY", "")
    if not display:
        return False
    return _listens(str(Path(env.get("XDG_RUNTIME_DIR", "")) / display))


def _listens(address: str) -> bool:
    """Whether a Unix socket at `address` takes connections."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(address)
        except OSError:
            return False
    return True


def main(arguments: Sequence[str] | None = None) -> int:
    """Check that Qt can start: on the platforms named in `arguments`, or else on the best there is.

    Returns:
        0 when it can; 1 after a sentence on standard error.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    problem = library_problem(given or platforms_for(os.environ))
    if problem is None:
        return 0
    sys.stderr.write(problem + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
