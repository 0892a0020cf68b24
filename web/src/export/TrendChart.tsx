// The chart itself: two rows of bars, an export a bar, the oldest at the left. In a file of its own, so that recharts is
// loaded only where it is needed.
import { Group, SimpleGrid, Text } from '@mantine/core';
import { Bar, BarChart, type BarShapeProps, Rectangle, ResponsiveContainer, Tooltip, YAxis } from 'recharts';
import { bytes } from '../format/bytes';
import { inWords, type Point, seconds } from './trend';
import classes from './TrendChart.module.css';

const HEIGHT = 140;
const MOMENT = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

export default function TrendChart({ points }: { points: readonly Point[] }) {
  return (
    <div role="img" aria-label={inWords(points)}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="lg">
        <Bars points={points} of="sizeBytes" title="Size" say={bytes} />
        <Bars points={points} of="took" title="Duration" say={seconds} />
      </SimpleGrid>
      <Group gap="lg" mt="xs">
        <Text size="xs" className={classes.key ?? ''}>
          This export
        </Text>
        <Text size="xs" className={classes.key ?? ''} data-other>
          The others, oldest first
        </Text>
      </Group>
    </div>
  );
}

interface Props {
  points: readonly Point[];
  of: 'sizeBytes' | 'took';
  title: string;
  say: (value: number) => string;
}

function Bars({ points, of, title, say }: Props) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        {/* Without stops for the keyboard: what the bars say stands in words and in a table beside them. */}
        <BarChart data={[...points]} accessibilityLayer={false} margin={{ top: 8, right: 0, bottom: 8, left: 0 }}>
          <YAxis
            width={70}
            tickCount={2}
            interval={0}
            allowDecimals={false}
            tickFormatter={(value: number) => (value === 0 ? '0' : say(value))}
            tick={{ fill: 'var(--ink-soft)', fontSize: 11 }}
            axisLine={false}
            tickLine={false}
          />
          <Tooltip
            cursor={false}
            isAnimationActive={false}
            content={({ active, payload }) =>
              active && <Hint point={payload[0]?.payload as Point} text={say} of={of} />
            }
          />
          <Bar dataKey={of} isAnimationActive={false} maxBarSize={28} shape={Column} />
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

function Column(props: BarShapeProps) {
  const { isThis } = props.payload as Point;
  return <Rectangle {...props} radius={2} fill={isThis ? 'var(--accent)' : 'var(--line)'} />;
}

function Hint({ point, text, of }: { point: Point | undefined; text: (value: number) => string; of: Props['of'] }) {
  return (
    point && (
      <div className={classes.hint}>
        <strong>{point.name}</strong>
        <br />
        {MOMENT.format(new Date(point.finishedAt))}
        <br />
        {text(point[of])}
      </div>
    )
  );
}
