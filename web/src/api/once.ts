// A subscription that does something at the server, and so may run only once. The page's own socket subscribes again after
// each reconnect; this one is had for the one subscription, and is not tried again.
import { stringifyDocument, type TypedDocumentNode } from '@urql/core';
import { createClient } from 'graphql-ws';
import { socketAddress } from './socket';

interface Listener<Data> {
  next: (data: Data) => void;
  /** There will be no more: with the server's words if it has refused, null if it is done or the connection is lost. */
  end: (refusal: string | null) => void;
}

/** Returns what ends it at once; `end` is not called then. */
export function once<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { next, end }: Listener<Data>,
): () => void {
  let isOver = false;
  const socket = createClient({
    url: socketAddress(),
    retryAttempts: 0,
    on: {
      // One that the server closes as usual would be opened again in spite of `retryAttempts`.
      closed: () => {
        finish(null);
      },
    },
  });
  const finish = (refusal: string | null) => {
    if (!isOver) {
      isOver = true;
      end(refusal);
      void socket.dispose();
    }
  };
  const query = stringifyDocument(document);
  socket.subscribe<Data>(
    { query, variables },
    {
      next: ({ data, errors }) => {
        if (isOver) {
          return;
        }
        if (errors?.[0] !== undefined) {
          finish(errors[0].message);
        } else if (data) {
          next(data);
        }
      },
      error: (fault) => {
        finish(refusalOf(fault));
      },
      complete: () => {
        finish(null);
      },
    },
  );
  return () => {
    isOver = true;
    void socket.dispose();
  };
}

/** What the server refuses comes as a list of errors; all else is about the connection. */
function refusalOf(fault: unknown): string | null {
  const first: unknown = Array.isArray(fault) ? fault[0] : undefined;
  return first instanceof Object && 'message' in first ? String(first.message) : null;
}
