// The way to ask past what the page knows already: for what is to be kept nowhere (passwords, links that let in whoever has
// them), and where it matters that two things were said in one answer.
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
