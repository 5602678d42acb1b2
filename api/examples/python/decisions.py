"""What did the council decide about this? Asks Raadhuis with `gql`, checked against its schema before it is sent.

    pip install -r requirements.txt
    python decisions.py http://127.0.0.1:8080 fietsbrug
"""

import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

SEARCH = """
query Search($text: String!, $after: String) {
  search(query: $text, filter: {kinds: [DOCUMENT, MOTION]}, sort: MEETING_DATE_NEWEST, first: 5, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges {
      page
      title { text }
      node {
        __typename
        ... on Document { id url authority { name } }
        ... on Motion { id outcome authority { name } }
      }
    }
  }
}
"""


def results(client, text):
    """All results, page after page, with how many there are."""
    query, after = gql(SEARCH), None
    while True:
        query.variable_values = {"text": text, "after": after}
        search = client.execute(query)["search"]
        for edge in search["edges"]:
            yield edge, search["totalCount"]
        if not search["pageInfo"]["hasNextPage"]:
            return
        after = search["pageInfo"]["endCursor"]


def main(place="http://127.0.0.1:8080", text="fietsbrug"):
    transport = HTTPXTransport(url=f"{place}/graphql", timeout=30)
    client = Client(transport=transport, fetch_schema_from_transport=True)
    seen, total = 0, 0
    for edge, total in results(client, text):
        seen += 1
        where = f", pagina {edge['page']}" if edge["page"] else ""
        outcome = f" [{edge['node']['outcome']}]" if edge["node"].get("outcome") else ""
        print(f"{edge['node']['authority']['name']}: {edge['title']['text']}{where}{outcome}")
    if seen != total:
        raise SystemExit(f"{seen} results came of {total}")
    print(f"{total} resultaten")


if __name__ == "__main__":
    main(*sys.argv[1:])
