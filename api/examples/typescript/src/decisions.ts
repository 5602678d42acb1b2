// What did the council decide about this? Asks Raadhuis with types made from its schema (`npm run types`): a field that is not
// there, or that may be null, is an error before anything runs.
//
//   npm ci && npm run types && npm run build && npm start -- http://127.0.0.1:8080 fietsbrug
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

import { graphql } from "./generated/gql.js";
import type { SearchQuery } from "./generated/graphql.js";

const Search = graphql(`
  query Search($text: String!, $after: String) {
    search(query: $text, filter: { kinds: [DOCUMENT, MOTION] }, sort: MEETING_DATE_NEWEST, first: 5, after: $after) {
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
`);

const Changed = graphql(`
  subscription Changed($text: String) {
    changed(query: $text, newOnly: true) { cursor node { __typename ... on Document { id name } } }
  }
`);

/** Asks one question. A refusal is an error that says why. */
async function ask<Answer, Variables>(
  place: string,
  query: TypedDocumentNode<Answer, Variables>,
  variables: Variables,
): Promise<Answer> {
  const response = await fetch(`${place}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
    body: JSON.stringify({ query: print(query), variables }),
  });
  const answer = (await response.json()) as { data?: Answer; errors?: { message: string }[] };
  if (answer.errors || !answer.data) {
    throw new Error(answer.errors?.map((error) => error.message).join("; ") ?? `status ${response.status}`);
  }
  return answer.data;
}

/** Follows what is new for a moment, and gives how much came. */
async function follow(place: string, text: string, milliseconds: number): Promise<number> {
  const client = createClient({ url: `${place.replace(/^http/, "ws")}/graphql/ws`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const changes = client.iterate({ query: print(Changed), variables: { text } });
  const timer = setTimeout(() => void changes.return?.(), milliseconds);
  let count = 0;
  for await (const change of changes) {
    if (change.errors) throw new Error(change.errors.map((error) => error.message).join("; "));
    count += 1;
  }
  clearTimeout(timer);
  await client.dispose();
  return count;
}

const [place = "http://127.0.0.1:8080", text = "fietsbrug"] = process.argv.slice(2);
let after: string | null | undefined = null;
let seen = 0;
let total = 0;
do {
  const { search }: SearchQuery = await ask(place, Search, { text, after });
  total = search.totalCount;
  for (const { node, title, page: number } of search.edges) {
    seen += 1;
    if (node.__typename !== "Document" && node.__typename !== "Motion") continue;
    const where = number ? `, pagina ${number}` : "";
    const outcome = node.__typename === "Motion" && node.outcome ? ` [${node.outcome}]` : "";
    console.log(`${node.authority?.name ?? "?"}: ${title.text}${where}${outcome}`);
  }
  after = search.pageInfo.hasNextPage ? search.pageInfo.endCursor : null;
} while (after);
if (seen !== total) throw new Error(`${seen} results came of ${total}`);
console.log(`${total} resultaten; ${await follow(place, text, 500)} nieuw in een halve seconde`);
