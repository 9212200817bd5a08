"""The words of the screens, one module for each page; layouts.text says them."""
