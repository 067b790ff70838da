"""No collection inside a bulk job; afterwards as before, whatever happened."""

import gc

import pytest

from common.memory import no_collection


def test_nothing_is_collected_inside():
    with no_collection():
        assert not gc.isenabled()
        with no_collection():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_turns_the_collection_on_again():
    with pytest.raises(ZeroDivisionError), no_collection():
        raise ZeroDivisionError
    assert gc.isenabled()
