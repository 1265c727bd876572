"""What holds of every address, whatever it answers."""

import pytest
from flask.testing import FlaskClient

JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
"""What java.net.HttpURLConnection sends before Java 18 where its programmer says nothing."""


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/sparql?query=ASK%7B%7D", 200),
        ("/rdf-graph-store?default", 200),
        ("/query/plans.csv", 200),
        ("/query/plans", 303),
        ("/id/xmess", 303),
        ("/data/xmess.ttl", 200),
        ("/catalog", 303),
        ("/.well-known/void", 200),
        ("/ns", 303),
        ("/metrics", 200),
    ],
)
def test_an_old_java_gets_an_answer(client: FlaskClient, address: str, status: int) -> None:
    """Its header was never quite HTTP's."""
    assert client.get(address, headers={"Accept": JAVA}).status_code == status
