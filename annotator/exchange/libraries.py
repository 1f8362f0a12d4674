"""Libraries that single formats need and that may not be installed."""

from importlib import import_module

from annotator.core.errors import InputError
from annotator.core.words import tr


def need(module: str, package: str = "") -> None:
    """Make sure that a library can be imported.

    Args:
        module: What is imported.
        package: What is installed, where it has another name.

    Raises:
        InputError: It is not installed; says what to install.
    """
    try:
        import_module(module)
    except ImportError:
        raise InputError(
            tr(
                "This needs {package}, which is not installed: install annotator[formats].",
                package=package or module,
            )
        ) from None
