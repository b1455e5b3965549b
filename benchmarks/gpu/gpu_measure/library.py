"""Libraries of the driver through ctypes."""

import ctypes


class Unavailable(RuntimeError):
    """Something that this machine, its GPU or its software has not."""


class Library:
    """Functions that return a status, 0 if all is well."""

    def __init__(self, what, name):
        self._what = what
        try:
            self._library = ctypes.CDLL(name)
        except OSError as error:
            raise Unavailable(f"{what}: {error}") from error

    def __call__(self, name, *arguments):
        function = getattr(self._library, name, None)
        if function is None:
            raise Unavailable(f"{name}: not in this driver")
        status = function(*arguments)
        if status != 0:
            raise Unavailable(f"{name}: {self._what} error {status}")
