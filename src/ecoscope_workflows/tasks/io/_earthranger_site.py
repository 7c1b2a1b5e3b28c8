"""The address of an EarthRanger site: what a user wrote in, the root of its URL out."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import httpx


def site_root(server: str) -> str:
    """Return the root of an EarthRanger site from its URL, with or without scheme, slash or ``/api/v1.0``.

    Raises
    ------
    ValueError
        When it is no URL of a site, holds a password or query, or is plain http to another machine.
    """
    text = server.strip()
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        # Not quoted: what stands there may be a password or a token.
        raise ValueError("the EarthRanger URL must hold no user name, password, query or fragment")
    root = f"{parts.scheme}://{parts.netloc}{re.sub(r'/+(api(/.*)?)?$', '', parts.path)}"
    try:
        url = httpx.URL(root)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or re.search(r"\s", root):
        raise ValueError(
            "the EarthRanger URL is not valid: expected something like https://mysite.pamdas.org"
        )
    if url.scheme == "http" and not is_loopback(url.host):
        raise ValueError(f"{root} would carry the password unencrypted: write https://{parts.netloc}")
    return root


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
