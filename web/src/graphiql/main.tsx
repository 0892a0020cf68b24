// The GraphiQL page's entry: sign in first, then load the editor.
import { lazy, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { Loading } from '../session/Loading';
import { SessionGate } from '../session/SessionGate';
import '../theme.css';

// Megabytes, which the sign-in form should not wait for.
const Editor = lazy(() => import('./Editor'));

const root = document.getElementById('root');
if (root === null) {
  throw new Error('The page has no #root');
}
createRoot(root).render(
  <SessionGate page="GraphiQL">
    {(session) => (
      <Suspense fallback={<Loading>Loading…</Loading>}>
        <Editor session={session} />
      </Suspense>
    )}
  </SessionGate>,
);
