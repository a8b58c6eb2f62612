"""What can go wrong while a model is brought, one class for each thing to do about it."""

from nodegraph.errors import UserError


class ModelError(UserError):
    """A model could not be brought. Nothing was added to the folders of models."""


class UnknownModelError(ModelError):
    """What was asked for is no name, address or file that is known."""


class RefusedFileError(ModelError):
    """The file is of a format that is not taken, whatever it holds."""


class OccupiedNameError(ModelError):
    """Another file has that name already."""


class TransferError(ModelError):
    """The net or the other end failed. What has arrived is kept, so that the same command goes on from there."""


class WrongContentError(ModelError):
    """What arrived is not what was announced. It is thrown away."""


class NoRoomError(ModelError):
    """The disk has no room for the file."""


def unwritable(error: OSError, folder: object) -> ModelError:
    """Why nothing can be written where the file is to be kept."""
    return ModelError(
        f"Nothing can be written in {folder}: {error.strerror or error}. Give this user the right to, or choose "
        "another folder with --models-dir."
    )
