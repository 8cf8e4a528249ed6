import type { Work } from './work';

/** For `/health`: asks the server whether it answers, in a read-only transaction that looks at nothing. It rejects when it does not. */
export function answering(work: Pick<Work, 'read'>): () => Promise<void> {
  return async () => {
    await work.read((tx) => tx.query('SELECT 1'));
  };
}
