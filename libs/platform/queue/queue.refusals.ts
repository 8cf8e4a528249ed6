import { refusals } from '#kernel/faults';

/** Why a command about a job may be refused. */
export const queueRefusals = refusals({
  JOB_NOT_FOUND: { kind: 'missing', zh: '没有该任务', en: 'There is no such job.' },
  JOB_NOT_PARKED: {
    kind: 'conflict',
    zh: '该任务没有停放:它已完成、正在运行或在等待',
    en: 'This job is not parked: it is done, runs, or waits for its time.',
  },
});
