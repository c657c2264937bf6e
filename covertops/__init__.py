"""Where a police department requests, decides and can later prove every covert social-media profile it used."""
