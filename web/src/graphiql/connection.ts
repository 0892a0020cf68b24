// How GraphiQL reaches the server: queries and mutations by POST, subscriptions by WebSocket, both in the browser's
// session.
import { createGraphiQLFetcher, type Fetcher, type FetcherParams, type Observable } from '@graphiql/toolkit';
import { type ExecutionResult, getOperationAST, OperationTypeNode } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { FORBIDDEN, socketAddress } from '../api/socket';
import type { Session } from '../session/SessionGate';

export interface Connection {
  fetcher: Fetcher;
  close: () => void;
}

export function connect({ refused }: Session): Connection {
  const post = createGraphiQLFetcher({
    url: '/graphql',
    // The server has no @defer or @stream; without this GraphiQL asks for multipart answers.
    enableIncrementalDelivery: false,
    fetch: async (input, init) => {
      const response = await fetch(input, init);
      if (response.status === 401) {
        refused();
      }
      return response;
    },
  });

  const socket = createClient({
    url: socketAddress(),
    // The client would otherwise try again in the very session that was just refused.
    shouldRetry: (event) => event instanceof CloseEvent && event.code !== FORBIDDEN,
    on: {
      closed: (event) => {
        if (event instanceof CloseEvent && event.code === FORBIDDEN) {
          refused();
        }
      },
    },
  });

  return {
    fetcher: (params, options) => {
      const operation = options?.documentAST && getOperationAST(options.documentAST, params.operationName);
      return operation?.operation === OperationTypeNode.SUBSCRIPTION ? follow(socket, params) : post(params, options);
    },
    close: () => {
      void socket.dispose();
    },
  };
}

// The toolkit's own subscriptions leave an unhandled rejection behind with every error the server reports.
function follow(socket: Client, params: FetcherParams): Observable<ExecutionResult> {
  const subscribe = (sink: Parameters<Client['subscribe']>[1]) => ({
    unsubscribe: socket.subscribe(params, {
      ...sink,
      // A bare event would be shown as {}, which tells nobody anything.
      error: (problem) => {
        sink.error(problem instanceof CloseEvent ? new Error(`Connection closed: ${describe(problem)}`) : problem);
      },
    }),
  });
  // The type has two more signatures, which GraphiQL does not use.
  return { subscribe } as Observable<ExecutionResult>;
}

function describe({ code, reason }: CloseEvent): string {
  return reason === '' ? `code ${code}` : `${reason} (code ${code})`;
}
