"""What can go wrong, said in sentences fit for the user."""


class AnnotatorError(Exception):
    """Something the user can understand and act on; `str(error)` is a whole sentence."""


class InputError(AnnotatorError):
    """What came from outside cannot be used: names the file and the line, what was kept, what to do."""


class SchemaError(InputError):
    """A schema, or a mark held against one, is wrong."""


class CorpusError(AnnotatorError):
    """A corpus file cannot be opened, read or written."""


class EditRefused(AnnotatorError):
    """An edit does not fit the annotation or the schema; nothing was changed."""


class Cancelled(AnnotatorError):
    """The user stopped a long job; what was finished before is kept."""
