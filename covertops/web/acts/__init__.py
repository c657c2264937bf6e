"""How acts are asked for: the page of each decision, made from its declaration, without any route."""
