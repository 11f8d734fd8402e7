from . import board, scoring, shift
