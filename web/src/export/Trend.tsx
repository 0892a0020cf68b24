// How large the last exports are and how long they took, and where this one stands among them.
import { Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useQuery } from 'urql';
import { RecentExportsDocument } from '../api/operations';
import { bytes } from '../format/bytes';
import { Moment } from '../format/Moment';
import { Section } from './Section';
import { inWords, points, seconds } from './trend';

/** The charts' library is large, and few pages need it. */
const TrendChart = lazy(() => import('./TrendChart'));

export function Trend({ id }: { id: string }) {
  const [{ data }] = useQuery({ query: RecentExportsDocument, requestPolicy: 'cache-and-network' });
  const shown = points(data?.dataExports.nodes ?? [], id);
  if (shown.length < 2) {
    return null;
  }
  return (
    <Section title="Size and duration over time">
      <Text size="sm">{inWords(shown)}</Text>
      <Suspense fallback={<Skeleton height={150} />}>
        <TrendChart points={shown} />
      </Suspense>
      <VisuallyHidden>
        <table>
          <caption>Size and duration over time</caption>
          <thead>
            <tr>
              <th scope="col">Export</th>
              <th scope="col">Completed</th>
              <th scope="col">Size</th>
              <th scope="col">Duration</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ id, name, finishedAt, sizeBytes, took, isThis }) => (
              <tr key={id}>
                <th scope="row">{isThis ? `${name} (this export)` : name}</th>
                <td>
                  <Moment at={finishedAt} inline />
                </td>
                <td>{bytes(sizeBytes)}</td>
                <td>{seconds(took)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </Section>
  );
}
