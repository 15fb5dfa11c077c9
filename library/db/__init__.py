"""The SQLite file: connections, migrations, the journal of user actions."""
