import { refusals } from '#kernel/faults';

/** What may be wrong with a request to split; shape, id and fields are refused as a quote refuses them. */
export const splitRefusals = refusals({
  AMOUNTS_INVALID: {
    kind: 'invalid',
    zh: 'amountsFen 无效：须为 1 至 1,200 个非负整数，合计不超过安全整数',
    en: 'amountsFen is not a list of 1 to 1,200 whole numbers of fen, none negative, their sum a safe integer',
  },
  WEIGHTS_INVALID: {
    kind: 'invalid',
    zh: 'weights 无效：须为 1 至 1,000,000 个非负整数，至少一个为正，合计不超过安全整数',
    en: 'weights is not a list of 1 to 1,000,000 whole numbers, none negative, one at least positive, their sum a safe integer',
  },
});
