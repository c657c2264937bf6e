"""The pages: those on which somebody reads, and those on which somebody acts."""
