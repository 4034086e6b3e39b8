import { useId } from 'react';
import { Card, CardHeader } from '../ui/Card';
import { HistoryList } from './HistoryList';

type HistoryCardProps = {
  title: string;
  hint: string;
  entity: string;
  version: string;
  blocked?: boolean;
};

export function HistoryCard({ title, hint, ...list }: HistoryCardProps) {
  const id = useId();
  return (
    <Card aria-labelledby={id} data-testid="history-card">
      <CardHeader id={id} title={title} hint={hint} />
      <HistoryList {...list} />
    </Card>
  );
}
