// Stands before a page: shows the sign-in form until this browser has a session, then the page.
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { Loading } from './Loading';
import { SignInForm } from './SignInForm';
import { signIn, signOut, takeOfferedToken, whoIsThis } from './session';
import { type Viewer, ViewerContext } from './viewer';
import './session.css';

export interface Session {
  /** To be called when the server no longer accepts the session. */
  refused: () => void;
  signOut: () => Promise<string | null>;
}

type State =
  | { at: 'check'; offered: string | null; signedIn: boolean }
  | { at: 'wait'; problem: string }
  | { at: 'form'; problem: string | null }
  | { at: 'page'; viewer: Viewer };

const OVER = 'Your session is over. Sign in again.';
const NO_COOKIE = 'The browser has kept no session. Allow cookies for this address, and sign in again.';
/** In milliseconds. */
const TRY_AGAIN = 2000;

function start(): State {
  return { at: 'check', offered: takeOfferedToken(), signedIn: false };
}

/** `offered`: a token to sign in with first. `signedIn`: whether the server has just accepted one. */
async function check(offered: string | null, signedIn: boolean): Promise<State> {
  if (offered !== null) {
    const problem = await signIn(offered);
    if (problem !== null) {
      return { at: 'form', problem };
    }
    return check(null, true);
  }
  const answer = await whoIsThis();
  if ('viewer' in answer) {
    return { at: 'page', viewer: answer.viewer };
  }
  if ('problem' in answer) {
    return { at: 'wait', problem: answer.problem };
  }
  return { at: 'form', problem: signedIn ? NO_COOKIE : null };
}

function differ(a: Viewer, b: Viewer): boolean {
  return a.name !== b.name || a.role !== b.role;
}

/** Null if it is done: what the page has in memory is dropped then. */
async function leave(): Promise<string | null> {
  const problem = await signOut();
  if (problem === null) {
    // All of it: what was typed into GraphiQL may hold a storage's secret.
    sessionStorage.clear();
    location.reload();
  }
  return problem;
}

export function SessionGate({ page, children }: { page: string; children: (session: Session) => ReactNode }) {
  const [state, setState] = useState(start);

  useEffect(() => {
    // Pasting the printed address into a tab that already shows the page changes only the fragment.
    const offered = () => {
      const token = takeOfferedToken();
      if (token !== null) {
        setState({ at: 'check', offered: token, signedIn: false });
      }
    };
    addEventListener('hashchange', offered);
    return () => {
      removeEventListener('hashchange', offered);
    };
  }, []);

  useEffect(() => {
    let current = true;
    const run = async (offered: string | null, signedIn: boolean) => {
      const next = await check(offered, signedIn);
      if (current) {
        setState(next);
      }
    };
    if (state.at === 'check') {
      void run(state.offered, state.signedIn);
    }
    const timer = state.at === 'wait' ? setTimeout(() => void run(null, false), TRY_AGAIN) : undefined;
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [state]);

  const viewer = state.at === 'page' ? state.viewer : null;
  useEffect(() => {
    if (viewer === null) {
      return;
    }
    // Another tab may have signed in somebody else, or out.
    const look = async () => {
      const answer = document.visibilityState === 'visible' ? await whoIsThis() : null;
      if (answer !== null && 'signedOut' in answer) {
        setState({ at: 'form', problem: OVER });
      } else if (answer !== null && 'viewer' in answer && differ(viewer, answer.viewer)) {
        setState({ at: 'page', viewer: answer.viewer });
      }
    };
    const looking = () => void look();
    document.addEventListener('visibilitychange', looking);
    return () => {
      document.removeEventListener('visibilitychange', looking);
    };
  }, [viewer]);

  const session = useMemo(
    () => ({
      refused: () => {
        setState({ at: 'form', problem: OVER });
      },
      signOut: leave,
    }),
    [],
  );

  switch (state.at) {
    case 'check':
      return <Loading>Loading…</Loading>;
    case 'wait':
      return <Loading>{state.problem} Trying again…</Loading>;
    case 'form':
      return (
        <SignInForm
          page={page}
          problem={state.problem}
          onSignedIn={() => {
            setState({ at: 'check', offered: null, signedIn: true });
          }}
        />
      );
    case 'page':
      return (
        // Of another person, nothing stays.
        <ViewerContext key={`${state.viewer.role} ${state.viewer.name}`} value={state.viewer}>
          {children(session)}
        </ViewerContext>
      );
  }
}
