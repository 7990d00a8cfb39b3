"""How the weights of the model `builtin` are made: see README.md in this folder. No part of the installed package."""
