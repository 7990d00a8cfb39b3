"""How the weights of a small network are made: see README.md in this folder. No part of the installed package."""
