"""Doorways: a click came in, one service call, one layout goes out."""
