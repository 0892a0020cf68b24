// How the dashboard reaches the API: queries and mutations by POST, subscriptions by WebSocket, both in the browser's session.
import { Client, type ExecutionResult, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { cache } from './cache';
import { noteContact } from './contact';
import { FORBIDDEN, socketAddress } from './socket';

export interface Connection {
  client: Client;
  close: () => void;
}

/** What a proxy answers when it cannot reach the server either. */
const GATEWAY = [502, 503, 504];
/** The longest pause between two tries to connect again, in milliseconds. */
const LONGEST_PAUSE = 5000;

/** `refused` is called when the server no longer accepts the session. */
export function connect(refused: () => void): Connection {
  const socket = createClient({
    url: socketAddress(),
    // For as long as the page is open: a server that is restarted is found again.
    retryAttempts: Infinity,
    retryWait: (tries) =>
      new Promise((resolve) => setTimeout(resolve, Math.min(500 * 2 ** tries, LONGEST_PAUSE) + 500 * Math.random())),
    shouldRetry: (event) => !(event instanceof CloseEvent && event.code === FORBIDDEN),
    lazyCloseTimeout: 5000,
    on: {
      closed: (event) => {
        if (event instanceof CloseEvent && event.code === FORBIDDEN) {
          refused();
        }
      },
    },
  });

  const client = new Client({
    url: '/graphql',
    // What is asked may hold a secret, and addresses are written into logs.
    preferGetMethod: false,
    fetch: async (input, init) => {
      let response: Response;
      try {
        response = await fetch(input, init);
      } catch (error) {
        noteContact(init?.signal?.aborted ?? false);
        throw error;
      }
      noteContact(!GATEWAY.includes(response.status));
      if (response.status === 401) {
        refused();
      }
      return response;
    },
    exchanges: [
      cache(),
      fetchExchange,
      subscriptionExchange({
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
      }),
    ],
  });

  return {
    client,
    close: () => {
      void socket.dispose();
    },
  };
}
