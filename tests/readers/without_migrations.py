"""A setting that lets Django make tables from the models as they are, in seconds instead of minutes."""


class NoMigrations:
    """Says of every application that it has no migrations; for `MIGRATION_MODULES`."""

    def __contains__(self, _: str) -> bool:
        return True

    def __getitem__(self, _: str) -> None:
        return None
