// The way to ask for what is to be kept nowhere in the page: passwords, and links that let in whoever has them.
import type { Client } from '@urql/core';
import { createContext, useContext } from 'react';

export const UncachedContext = createContext<Client | null>(null);

export function useUncached(): Client {
  const client = useContext(UncachedContext);
  if (client === null) {
    throw new Error('There is no UncachedContext');
  }
  return client;
}
