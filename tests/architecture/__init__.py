"""What the import linter cannot see: relations, migrations, SQL files and addresses follow the same
layers."""
