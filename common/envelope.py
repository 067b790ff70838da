"""Bytes under a key: AES-GCM (NIST SP 800-38D) with 256 bits, and keys drawn from words.

What is sealed says what it is `about`, in words that are not kept with it: it opens for the same words only, so that it
can't be moved to another row. One byte of form, twelve of nonce, then the text and its mark.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORM = b"\x01"
"""No text begins with this byte: what stands in clear is told from what is sealed."""
_NONCE = 12
OVERHEAD = len(FORM) + _NONCE + 16
"""By how many bytes what is sealed is longer."""


class NotOpened(Exception):
    """Another key, other words about it, or bytes that were changed."""


def derived(word: str, use: str) -> bytes:
    """A key of 256 bits from a word of any length (RFC 5869, HKDF of SHA-256), of its own for each `use`."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use.encode()).derive(word.encode())


def new_key() -> bytes:
    return AESGCM.generate_key(256)


def sealed(plain: bytes, *, key: bytes, about: str) -> bytes:
    """Never twice the same: the nonce is drawn."""
    nonce = os.urandom(_NONCE)
    return FORM + nonce + AESGCM(key).encrypt(nonce, plain, about.encode())


def opened(box: bytes, *, key: bytes, about: str) -> bytes:
    """What was sealed. Raises `NotOpened`."""
    nonce, rest = box[1 : 1 + _NONCE], box[1 + _NONCE :]
    if not box.startswith(FORM) or len(box) < OVERHEAD:
        raise NotOpened
    try:
        return AESGCM(key).decrypt(nonce, rest, about.encode())
    except InvalidTag:
        raise NotOpened from None
