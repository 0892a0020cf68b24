"""How schemathesis tries the API out: values for our scalars, and what an answer must be. See scripts/schemathesis.sh."""

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

schemathesis.graphql.scalar("Secret", st.text(max_size=20).map(nodes.String))
schemathesis.graphql.scalar("URL", st.just("https://storage.invalid").map(nodes.String))
schemathesis.graphql.scalar("BigInt", st.integers().map(str).map(nodes.String))


@schemathesis.check
def every_error_is_handled(ctx, response, case):
    """Whatever is sent: no fault of the server, and each error has a code and the request's id."""
    assert response.status_code < 500, f"the server failed with {response.status_code}"
    body = response.json()
    assert "data" in body or body.get("errors"), "neither data nor errors"
    for error in body.get("errors", []):
        extensions = error.get("extensions", {})
        assert extensions.get("code") not in (None, "INTERNAL"), f"not handled: {error}"
        assert extensions.get("requestId"), f"without the request's id: {error}"
