// How the dashboard reaches the API: queries and mutations by POST, subscriptions by WebSocket, both in the browser's session.
import { Client, type ExecutionResult, fetchExchange, subscriptionExchange } from '@urql/core';
import { cache } from './cache';
import { noteContact } from './contact';
import { connectSocket } from './connectSocket';

export interface Connection {
  client: Client;
  /** What it is told is kept nowhere: see `UncachedContext`. */
  uncached: Client;
  close: () => void;
}

/** What a proxy answers when it cannot reach the server either. */
const GATEWAY = [502, 503, 504];
/** So long a request may take, in milliseconds, until the server counts as gone. */
const PATIENCE = 30_000;

/** `refused` is called when the server no longer accepts the session. */
export function connect(refused: () => void): Connection {
  const socket = connectSocket(refused);
  const way = {
    url: '/graphql',
    // What is asked may hold a secret, and addresses are written into logs.
    preferGetMethod: false,
    fetch: post(refused),
  };
  const subscriptions = subscriptionExchange({
    forwardSubscription: ({ query, variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: socket.subscribe(
          { query: query ?? '', variables: variables ?? {} },
          {
            // The same by GraphQL's specification; the two libraries' types differ in what may be undefined.
            next: (result) => {
              sink.next(result as ExecutionResult);
            },
            error: sink.error,
            complete: sink.complete,
          },
        ),
      }),
    }),
  });
  return {
    client: new Client({ ...way, exchanges: [cache(), fetchExchange, subscriptions] }),
    uncached: new Client({ ...way, exchanges: [fetchExchange] }),
    close: () => {
      void socket.dispose();
    },
  };
}

/** Asks, and notes whether there was an answer. */
function post(refused: () => void): typeof fetch {
  return async (input, init) => {
    const patience = AbortSignal.timeout(PATIENCE);
    const signal = init?.signal ? AbortSignal.any([init.signal, patience]) : patience;
    let response: Response;
    try {
      response = await fetch(input, { ...init, signal });
    } catch (error) {
      // What the page itself has called off says nothing of the server.
      if (init?.signal?.aborted !== true) {
        noteContact(false);
      }
      throw error;
    }
    noteContact(!GATEWAY.includes(response.status));
    if (response.status === 401) {
      refused();
    }
    return response;
  };
}
