"""A running service as its clients and its operator see it."""

import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    body: bytes


@dataclass
class Running:
    """A server, its process and where it logs."""

    address: str
    process: subprocess.Popen[str]
    log: Path

    def get(self, path: str, **headers: str) -> Answer:
        """GET, errors too."""
        asked = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read())

    def ask(self, text: str, **headers: str) -> Answer:
        """A query's answer as CSV."""
        return self.get(f"/sparql?format=csv&query={urllib.parse.quote(text)}", **headers)

    def figure(self, name: str, **labels: str) -> float:
        """The sum of the samples *name* that have these labels."""
        return figure(self.get("/metrics").body.decode(), name, **labels)

    def lines(self) -> list[dict[str, Any]]:
        """What has been logged; a pool that dies says so in its own words."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


def figure(text: str, name: str, **labels: str) -> float:
    """The sum of the samples *name* of a page of metrics that have these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def in_service(running: Running) -> set[str]:
    """What several requests are told is in service: any of the web processes answers each of them."""
    return {json.loads(running.get("/health/ready").body)["version"] for _ in range(8)}
