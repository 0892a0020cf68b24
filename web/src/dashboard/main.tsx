// The dashboard's entry: sign in first, then load what it shows.
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Loading } from '../session/Loading';
import { SessionGate } from '../session/SessionGate';
import '../theme.css';

const Dashboard = lazy(() => import('./Dashboard'));

const root = document.getElementById('root');
if (root === null) {
  throw new Error('The page has no #root');
}
createRoot(root).render(
  <SessionGate page="The Data Exports page">
    {(session) => (
      <Suspense fallback={<Loading>Loading…</Loading>}>
        <Dashboard session={session} />
      </Suspense>
    )}
  </SessionGate>,
);
