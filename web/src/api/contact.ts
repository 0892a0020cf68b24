// Whether the server can be reached, as the last requests have shown: for the banner that says so.
import { useSyncExternalStore } from 'react';

let lost = false;
const listeners = new Set<() => void>();

/** What a request has shown. */
export function noteContact(reached: boolean): void {
  if (lost === !reached) {
    return;
  }
  lost = !reached;
  for (const listener of listeners) {
    listener();
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useContactLost(): boolean {
  return useSyncExternalStore(subscribe, () => lost);
}
