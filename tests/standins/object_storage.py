"""An S3 on loopback: moto's server in a process of its own, and what clients find and enter it with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# It has no types.
boto3: Any = import_module("boto3")

KEY, REGION = "testing", "us-east-1"
# Starts the server at a free port, says which one it is, and serves until its input ends.
PROGRAM = """\
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


class Bucket:
    """A bucket in it.

    Parameters
    ----------
    address
        Of the server.
    name
        Of the bucket.

    Attributes
    ----------
    variables
        What Snakemake finds and enters it by.
    store
        What a store of results in it is found and entered by.
    """

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self.variables = {
            "SNAKEMAKE_STORAGE_S3_ENDPOINT_URL": address,
            "SNAKEMAKE_STORAGE_S3_ACCESS_KEY": KEY,
            "SNAKEMAKE_STORAGE_S3_SECRET_KEY": KEY,
            # No program looks for the metadata service of a machine of Amazon's.
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.store = {
            "ECOSCOPE_WORKFLOWS_STORE": f"s3://{name}/store",
            "AWS_ENDPOINT_URL_S3": address,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
        }
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=address,
            aws_access_key_id=KEY,
            aws_secret_access_key=KEY,
            region_name=REGION,
        )
        self._client.create_bucket(Bucket=name)

    def put(self, path: Path, key: str) -> None:
        """Store a file."""
        self._client.upload_file(str(path), self.name, key)

    def files(self, prefix: str) -> dict[str, bytes]:
        """Return the content of all objects below a prefix, by the rest of their key."""
        found = self._client.list_objects_v2(Bucket=self.name, Prefix=f"{prefix}/").get("Contents", ())
        return {
            entry["Key"].removeprefix(f"{prefix}/"): self._client.get_object(
                Bucket=self.name, Key=entry["Key"]
            )["Body"].read()
            for entry in found
        }

    def text(self, key: str) -> str:
        """Return the text of an object; empty where there is none."""
        folder, _, name = key.rpartition("/")
        return self.files(folder).get(name, b"").decode()

    def value(self, key: str) -> Any:
        """Return the value of an object that is JSON."""
        return json.loads(self.text(key))


@contextmanager
def s3() -> Iterator[str]:
    """Run the server, and give its address."""
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        assert port, "the stand-in for S3 has not started"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stdin.close()
        server.wait(30)
        server.stdout.close()
