"""Classes of a choropleth."""

import pytest

from app.domain.classes import MOST, by_breaks, by_quantile

FAR = float("-inf")


@pytest.mark.parametrize(
    ("values", "lower"),
    [
        ([], ()),
        ([None, None], ()),
        ([0, 0], (0,)),
        ([7], (7,)),
        ([3, 3, 3], (3,)),
        ([1, 2, 3, 4, 5], (1, 2, 3, 4, 5)),
        ([0, 1, 2, 3, 4], (0, 1, 2, 3, 4)),
        ([0, 0, 0, 8], (0, 8)),
        ([1, 1, 1, 1, 9], (1, 9)),
        (list(range(1, 11)), (1, 3, 5, 7, 9)),
        ([None, 5, 0], (0, 5)),
    ],
)
def test_steps_by_quantile(values, lower):
    assert by_quantile(values).lower == lower


@pytest.mark.parametrize("size", range(0, 40, 3))
def test_each_value_has_its_step_and_equal_values_the_same(size):
    values = [(n * 37) % 11 for n in range(size)]
    classes = by_quantile(values)
    assert len(classes.lower) <= MOST
    assert list(classes.lower) == sorted(set(classes.lower))
    assert sum(classes.counts(values)) == size
    assert all(classes.counts(values))
    for value in values:
        step = classes.step_of(value)
        assert step is not None
        assert classes.lower[step] <= value


def test_quantiles_of_many_different_values_are_about_equal():
    counts = by_quantile([float(n) for n in range(1, 101)]).counts(
        [float(n) for n in range(1, 101)]
    )
    assert counts == [20] * 5


@pytest.mark.parametrize(
    ("value", "step"), [(None, None), (0.0, 0), (79.9, 0), (80.0, 1), (94.9, 2), (95, 3), (100, 4)]
)
def test_steps_by_fixed_breaks(value, step):
    assert by_breaks((98, 80, 90, 95)).step_of(value) == step


def test_what_has_no_value_is_counted_in_no_step():
    assert by_breaks((50,)).counts([None, 20, 50, 70]) == [1, 2]
    assert by_breaks((50,)).lower == (FAR, 50)
    assert by_quantile([]).counts([None]) == []
