"""A worked example: one operation in every stage, by the real acts. Everybody is named by office."""
